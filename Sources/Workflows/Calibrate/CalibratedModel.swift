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
  private let request: CalibrateRequest
  let network: Network
  private let tokenizer: Tokenizer

  init(_ request: CalibrateRequest, _ session: Session) throws {
    self.request = request
    file = try ModelFile(path: request.model)
    network = try Network(file, arithmetic: .bfloat, threads: session.threads)
    tokenizer = try Tokenizer(file.metadata, path: file.path)
    let longest = file.contextLength ?? .max
    sequence = request.sequence ?? min(CalibrateRequest.usualSequence, longest)
    if sequence > longest {
      try session.warn(
        "sequences of \(sequence) tokens are longer than the \(longest) that the model was made for"
      )
    }
  }

  /// What to calibrate on; of text that the model is yet to write, its name alone.
  func text() throws -> (names: [String], sequences: [[Int32]]) {
    switch request.text {
    case .files(let paths):
      let text = try TextTokens(
        paths: paths, tokenizer, sequence: sequence, atMost: request.tokens)
      return (text.names, text.sequences)
    case .sampled:
      return (["sampled from \(file.path.fileName), seed \(request.seed)"], [])
    }
  }

  /// What there is to do.
  ///
  /// - Parameter sequences: how many there are, of texts that are given.
  func work(on sequences: Int) -> CalibrationWork {
    switch request.text {
    case .files:
      CalibrationWork(network, sequences: sequences, length: sequence, isSampled: false)
    case .sampled:
      CalibrationWork(network, sequences: sampledTexts, length: sequence, isSampled: true)
    }
  }

  /// Texts that the model writes.
  private var sampledTexts: Int { max(1, request.tokens / sequence) }

  /// What names the calibration: all that its result depends on, the arithmetic of this machine among it.
  ///
  /// - Parameter contents: the digests of the model's files.
  func key(
    of text: (names: [String], sequences: [[Int32]]), contents: [ContentDigest]
  ) -> String {
    var digest = CalibrationDigest()
    for content in contents { digest.add(content) }
    for name in text.names { digest.add(name) }
    for sequence in text.sequences { digest.add(sequence) }
    digest.add(UInt64(request.tokens))
    digest.add(UInt64(sequence))
    digest.add(request.seed)
    digest.add(network.arithmetic.fingerprint)
    return digest.finish().hexadecimal
  }
}

extension CalibratedModel {
  /// Lets the model write its text, as much of it as is missing.
  ///
  /// - Parameter save: keeps the state, after every group of texts.
  func write(
    into state: inout CalibrationState, _ session: Session,
    save: (CalibrationState) throws -> Void
  ) throws {
    let count = sampledTexts
    guard state.texts.count < count else { return }
    let progress = TokenProgress(
      "writing", tokens: (count - state.texts.count) * sequence, session)
    defer { progress.end() }
    while state.texts.count < count {
      let size = min(network.textsAtATime(length: sequence), count - state.texts.count)
      state.texts += try network.sample(
        after: Array(repeating: tokenizer.textStart, count: size), length: sequence,
        // Each text has its own seed, however many are written side by side.
        seed: request.seed &+ UInt64(state.texts.count), progress: progress.part(size * sequence))
      try save(state)
    }
  }

  /// Runs the sequences that are missing forward and backward, batch by batch.
  ///
  /// - Parameter save: keeps the state, after every batch.
  func calibrate(
    on sequences: [[Int32]], into state: inout CalibrationState, _ session: Session,
    save: (CalibrationState) throws -> Void
  ) throws {
    var seeds = SplitMix64(state: request.seed)
    let work = sequences.map { CalibrationSequence(tokens: $0, seed: seeds.next()) }
    let size = self.work(on: sequences.count).batch
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
