import Codecs
package import GGUF
import LinearAlgebra
import Measurement
import NeuralNetwork
import Planning
package import Reports
import Statistics

/// Evaluates: runs a model and what it was quantized to over a text, and compares what they predict.
package enum EvaluateWorkflow: Workflow {
  package static func run(
    _ request: EvaluateRequest, to outputs: [Reservation], _ session: Session
  ) throws -> EvaluationReport {
    let kept = try request.baseLogits.map { try KeptFile($0) }
    let base = try ModelFile(path: request.base)
    let quantized = try ModelFile(path: request.quantized)
    try checkSameModel(quantized, base)
    try warnOfUnknownFormats(request.activations, in: [base, quantized], session)
    func network(of model: ModelFile, _ activations: Activations) throws -> Network {
      try Network(
        model, arithmetic: .blockFloat, activations: activations, threads: session.threads)
    }
    let networks = NetworkPair(
      base: try network(of: base, request.activations),
      quantized: try network(of: quantized, request.activations))
    let text = try request.text.read(for: base, session)
    let predictions = try kept.map {
      try KeptPredictions.open(
        $0, of: base, request.activations, vocabulary: networks.vocabulary, over: text, session)
    }
    var evaluation = try evaluate(networks, base: predictions, over: text, session)
    evaluation.activations = request.activations
    if request.measuresNoise {
      let pair = NetworkPair(
        base: try network(of: base, .f32), quantized: try network(of: base, .bf16))
      evaluation.noiseFloor = try evaluate(
        pair, base: request.activations == .f32 ? predictions : nil, over: text, session
      ).divergence.mean
    }
    if request.greedyTokens > 0 {
      evaluation.greedy = try agreement(
        of: networks, writing: request.greedyTokens, after: text, session)
    }
    if request.attributes {
      let tensors = try changedTensors(of: quantized, against: base, networks, session)
      evaluation.attribution = try attribution(to: tensors, networks, over: text, session)
    }
    try base.checkUnchanged()
    try quantized.checkUnchanged()
    let report = EvaluationReport(
      base: EvaluationReport.Model(base), quantized: EvaluationReport.Model(quantized),
      predictedKLD: try predictedKLD(of: quantized, session),
      evaluation: evaluation)
    if let page = request.page {
      var subject = page.subject(quantized)
      subject.lede = "\(quantized.path.fileName) against \(base.path.fileName)"
      try session.write(
        try report.page(of: subject, tensors: quantized.tensors).html, to: outputs.first)
    }
    return report
  }

  /// Compares two networks over a text.
  ///
  /// - Parameter predictions: where those of the base are kept, if anywhere.
  static func evaluate(
    _ networks: NetworkPair, base predictions: PredictionFile? = nil,
    over text: EvaluationText.Chunks, _ session: Session
  ) throws -> Evaluation {
    let progress = TokenProgress("evaluating", tokens: text.tokens, session)
    defer { progress.end() }
    let divergences = try networks.divergences(
      over: text.sequences, base: predictions, progress: progress.part(text.tokens))
    return Evaluation(
      texts: text.names, context: text.sequences[0].count, chunks: text.sequences.count,
      divergence: Divergence(divergences))
  }

  /// Lets both write after the middle of each chunk.
  private static func agreement(
    of networks: NetworkPair, writing count: Int, after text: EvaluationText.Chunks,
    _ session: Session
  ) throws -> GreedyAgreement {
    let tokens = 2 * count * text.sequences.count
    let progress = TokenProgress("writing", tokens: tokens, session)
    defer { progress.end() }
    return try networks.greedyAgreement(
      after: text.sequences, tokens: count, progress: progress.part(tokens))
  }

  /// Tries tensors one by one.
  private static func attribution(
    to tensors: [TensorDescriptor], _ networks: NetworkPair, over text: EvaluationText.Chunks,
    _ session: Session
  ) throws -> Attribution {
    let tokens = tensors.count * text.tokens
    let progress = TokenProgress("attributing", tokens: tokens, session)
    defer { progress.end() }
    return Attribution(
      try networks.attributions(
        of: tensors, over: text.sequences, progress: progress.part(tokens)))
  }

  /// The tensors in which a model differs from its base, as the model has them; those that cannot be tried by themselves
  /// are named.
  private static func changedTensors(
    of quantized: ModelFile, against base: ModelFile, _ networks: NetworkPair, _ session: Session
  ) throws -> [TensorDescriptor] {
    let changed = try quantized.tensors.filter { tensor in
      guard let original = base[tensor.name] else { return false }
      try session.interruption.check()
      return try !quantized.holds(tensor, as: base, holds: original)
    }
    let others = changed.filter { !networks.attributes($0) }
    if !others.isEmpty {
      session.note(
        "not tried by themselves, since the next token does not depend on them alone: "
          + others.map(\.name.escaped).joined(separator: ", "))
    }
    return changed.filter(networks.attributes)
  }

  /// Says which weights are multiplied with what is not rounded, where a runtime would round it.
  private static func warnOfUnknownFormats(
    _ activations: Activations, in models: [ModelFile], _ session: Session
  ) throws {
    guard activations == .q8 else { return }
    let types = models.flatMap(\.tensors).map(\.type).filter { $0.activationFormat == nil }
    for name in Set(types.map(\.name)).sorted() {
      try session.warn(
        "what weights of \(name) are multiplied with is not rounded: no format for it is known")
    }
  }

  /// What the model says was predicted; nil, with a warning, where it says so in a wrong form.
  private static func predictedKLD(of model: ModelFile, _ session: Session) throws -> Double? {
    do throws(FormatError.Problem) {
      return try FileProvenance(model.metadata, tensors: model.tensors.count).predictedKLD
    } catch {
      try session.warn("\(FormatError(path: model.path, error))")
      return nil
    }
  }

  private static func checkSameModel(_ quantized: ModelFile, _ base: ModelFile) throws {
    for tensor in base.tensors {
      let other = quantized[tensor.name]
      guard other?.shape == tensor.shape else {
        throw ModelMismatch(
          path: quantized.path, source: base.path, tensor: tensor.name, shape: tensor.shape,
          found: other?.shape)
      }
    }
    let key = "tokenizer.ggml.tokens"
    guard quantized.metadata[key] == base.metadata[key] else {
      throw VocabularyMismatch(path: quantized.path, base: base.path)
    }
  }
}

extension ModelFile {
  /// Whether a tensor is byte for byte what another file has.
  fileprivate func holds(
    _ tensor: TensorDescriptor, as other: ModelFile, holds original: TensorDescriptor
  ) throws -> Bool {
    guard tensor.type.id == original.type.id, tensor.byteCount == original.byteCount else {
      return false
    }
    let size = 1 << 20
    var buffers = [UInt8](repeating: 0, count: 2 * size)
    return try buffers.withUnsafeMutableBytes { buffers in
      for start in stride(from: 0, to: tensor.byteCount, by: size) {
        let range = start..<min(start + size, tensor.byteCount)
        let mine = UnsafeMutableRawBufferPointer(rebasing: buffers[..<range.count])
        let theirs = UnsafeMutableRawBufferPointer(rebasing: buffers[size..<size + range.count])
        try read(tensor, byteRange: range, into: mine)
        try other.read(original, byteRange: range, into: theirs)
        guard mine.elementsEqual(theirs) else { return false }
      }
      return true
    }
  }
}

extension EvaluationReport.Model {
  fileprivate init(_ file: ModelFile) {
    let bytes = file.tensors.reduce(0) { $0 + $1.byteCount }
    self.init(
      name: file.path.fileName,
      bitsPerWeight: BitsPerWeight.of(bytes: bytes, weights: file.elements))
  }
}

/// Two models that number their tokens differently.
package struct VocabularyMismatch: ClassifiedError {
  package let path: String
  package let base: String
  package var kind: ErrorKind { .badInput }

  package var description: String {
    "\(path.escaped): its vocabulary is not that of \(base.escaped)"
  }
}
