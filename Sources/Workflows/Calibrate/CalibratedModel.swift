import Calibration
import Codecs
import GGUF
import LinearAlgebra
import NeuralNetwork

/// A model that is to be calibrated: its network, and how its text is cut.
struct CalibratedModel {
  let file: ModelFile
  /// Tokens of a sequence.
  let sequence: Int
  let request: CalibrateRequest
  let network: Network
  let tokenizer: Tokenizer

  init(_ request: CalibrateRequest, _ session: Session) throws {
    self.request = request
    file = try ModelFile(path: request.model)
    network = try Network(file, arithmetic: request.arithmetic, threads: session.threads)
    tokenizer = try Tokenizer(file.metadata, path: file.path)
    let longest = file.contextLength ?? .max
    sequence = request.sequence ?? min(CalibrateRequest.usualSequence, longest)
    if sequence > longest {
      try session.warn(
        "sequences of \(sequence) tokens are longer than the \(longest) that the model was made for"
      )
    }
  }

  /// What to calibrate on, but for what the model is yet to write.
  func text() throws -> CalibrationText {
    let wanted = max(1, request.tokens / sequence)
    let given: TextTokens? =
      switch request.text {
      case .files(let paths):
        try TextTokens(paths: paths, tokenizer, sequence: sequence, atMost: request.tokens)
      case .sampled: nil
      }
    let written = wanted - (given?.sequences.count ?? 0)
    let own = "sampled from \(file.path.fileName), seed \(request.seed)"
    return CalibrationText(
      names: (given?.names ?? []) + (written > 0 ? [own] : []), given: given?.sequences ?? [],
      written: written)
  }

  /// What there is to do.
  func work(on text: CalibrationText) -> CalibrationWork {
    CalibrationWork(
      network, given: text.given.count, written: text.written, length: sequence)
  }

  /// What names the calibration: all that its result depends on, the arithmetic of this machine among it.
  ///
  /// - Parameter contents: the digests of the model's files.
  func key(of text: CalibrationText, contents: [ContentDigest]) -> String {
    var digest = CalibrationDigest()
    for content in contents { digest.add(content) }
    for name in text.names { digest.add(name) }
    for sequence in text.given { digest.add(sequence) }
    digest.add(UInt64(request.tokens))
    digest.add(UInt64(sequence))
    digest.add(request.seed)
    digest.add(request.fixesRouting ? 1 : 0)
    digest.add(network.arithmetic.fingerprint)
    return digest.finish().hexadecimal
  }
}

extension CalibratedModel {
  /// Lets the model write its part of the text, as much of it as is missing.
  ///
  /// - Parameters:
  ///   - count: the sequences that it writes in all.
  ///   - save: keeps the state, after every group of texts.
  func write(
    _ count: Int, into state: inout CalibrationState, _ session: Session,
    save: (CalibrationState) throws -> Void
  ) throws {
    guard state.texts.count < count else { return }
    let progress = TokenProgress(
      "writing", tokens: (count - state.texts.count) * sequence, session)
    defer { progress.end() }
    while state.texts.count < count {
      let size = network.textsAtATime(of: count - state.texts.count, length: sequence)
      state.texts += try network.write(
        size, length: sequence, tokenizer,
        // Each text has its own seed, however many are written side by side.
        seed: request.seed &+ UInt64(state.texts.count), progress: progress.part(size * sequence))
      try save(state)
    }
  }

  /// The network, whose gradients count the choices of experts that quantization may change.
  ///
  /// - Parameter sequences: the first of the text, `sequencesForSpreads` of them.
  func smoothedNetwork(over sequences: [[Int32]], _ session: Session) throws -> Network {
    guard sequencesForSpreads > 0 else { return network }
    let progress = TokenProgress(
      "measuring routers", tokens: sequences.count * sequence, session)
    defer { progress.end() }
    return network.smoothingRouters(
      by: try network.routerSpreads(
        over: sequences, progress: progress.part(sequences.count * sequence)))
  }

  /// How many sequences tell how far errors move what routers compare; none where that does not count.
  var sequencesForSpreads: Int {
    network.hasRouters && !request.fixesRouting ? max(1, Self.tokensForSpreads / sequence) : 0
  }

  /// How many tokens tell how far errors move what routers compare: a median over them is known to 2 %.
  private static let tokensForSpreads = 4096

  /// What the labels of each sequence depend on.
  func labelSeeds(_ count: Int) -> [UInt64] {
    var seeds = SplitMix64(state: request.seed)
    return (0..<count).map { _ in seeds.next() }
  }

  /// Runs the sequences that are missing forward and backward, batch by batch.
  ///
  /// - Parameters:
  ///   - text: what to calibrate on, its written part in the state.
  ///   - save: keeps the state, after every batch.
  func calibrate(
    on text: CalibrationText, into state: inout CalibrationState, _ session: Session,
    save: (CalibrationState) throws -> Void
  ) throws {
    let sequences = text.given + state.texts
    let work = zip(sequences, labelSeeds(sequences.count)).map {
      CalibrationSequence(tokens: $0, seed: $1)
    }
    let size = self.work(on: text).batch
    let network = try smoothedNetwork(
      over: work.prefix(sequencesForSpreads).map(\.tokens), session)
    let rest = work.dropFirst(state.batches * size)
    let progress = TokenProgress("calibrating", tokens: rest.count * sequence, session)
    defer { progress.end() }
    for start in stride(from: rest.startIndex, to: rest.endIndex, by: size) {
      let batch = Array(rest[start..<min(start + size, rest.endIndex)])
      state.add(
        try network.calibrate(batch, progress: progress.part(batch.count * sequence)))
      try save(state)
    }
  }
}

/// What a model is calibrated on: sequences of texts that are given, and behind them sequences that it writes.
struct CalibrationText {
  /// Names of the texts.
  let names: [String]
  /// The sequences of the texts that are given.
  let given: [[Int32]]
  /// How many sequences the model writes.
  let written: Int
}
