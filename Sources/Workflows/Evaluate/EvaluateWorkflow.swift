import Codecs
package import GGUF
import LinearAlgebra
import Measurement
import NeuralNetwork
import Planning
package import Reports
import Statistics

/// What `ration evaluate` is asked for.
package struct EvaluateRequest: CommandRequest {
  package var base: String
  package var quantized: String
  package var text: EvaluationText
  /// Where the predictions of the base are kept from run to run; nil for nowhere.
  package var baseLogits: String?
  /// How many tokens both models write after the middle of each chunk; 0 for none.
  package var greedyTokens: Int

  package init(
    base: String, quantized: String, text: EvaluationText, baseLogits: String? = nil,
    greedyTokens: Int = 0
  ) {
    self.base = base
    self.quantized = quantized
    self.text = text
    self.baseLogits = baseLogits
    self.greedyTokens = greedyTokens
  }

  package var files: CommandFiles {
    CommandFiles(
      inputs: [base, quantized] + text.paths, kept: baseLogits.map { [.predictions($0)] } ?? [])
  }
}

/// Evaluates: runs a model and what it was quantized to over a text, and compares what they predict.
package enum EvaluateWorkflow: Workflow {
  package static func run(
    _ request: EvaluateRequest, to outputs: [Reservation], _ session: Session
  ) throws -> EvaluationReport {
    let kept = try request.baseLogits.map { try KeptFile($0) }
    let base = try ModelFile(path: request.base)
    let quantized = try ModelFile(path: request.quantized)
    try checkSameModel(quantized, base)
    let networks = NetworkPair(
      base: try Network(base, arithmetic: .blockFloat, threads: session.threads),
      quantized: try Network(quantized, arithmetic: .blockFloat, threads: session.threads))
    let text = try request.text.read(for: base, session)
    let predictions = try kept.map {
      try KeptPredictions.open(
        $0, of: base, vocabulary: networks.vocabulary, over: text, session)
    }
    var evaluation = try evaluate(networks, base: predictions, over: text, session)
    if request.greedyTokens > 0 {
      let count = request.greedyTokens
      let progress = TokenProgress(
        "writing", tokens: 2 * count * text.sequences.count, session)
      defer { progress.end() }
      evaluation.greedy = try networks.greedyAgreement(
        after: text.sequences, tokens: count,
        progress: progress.part(2 * count * text.sequences.count))
    }
    try base.checkUnchanged()
    try quantized.checkUnchanged()
    return EvaluationReport(
      base: EvaluationReport.Model(base), quantized: EvaluationReport.Model(quantized),
      predictedKLD: try predictedKLD(of: quantized, session),
      evaluation: evaluation)
  }

  /// Compares two networks over a text.
  ///
  /// - Parameter predictions: where those of the base are kept, if anywhere.
  static func evaluate(
    _ networks: NetworkPair, base predictions: PredictionFile? = nil,
    over text: EvaluationText.Chunks, _ session: Session
  ) throws -> Evaluation {
    let tokens = text.sequences.reduce(0) { $0 + $1.count }
    var reported = 0
    session.progress.begin("evaluating", total: tokens, of: .tokens)
    defer { session.progress.end() }
    let divergences = try networks.divergences(
      over: text.sequences, base: predictions
    ) { done, total in
      try session.interruption.check()
      session.progress.advance(by: done * tokens / total - reported)
      reported = done * tokens / total
    }
    return Evaluation(
      texts: text.names, context: text.sequences[0].count, chunks: text.sequences.count,
      divergence: Divergence(divergences))
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
