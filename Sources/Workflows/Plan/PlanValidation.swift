import Codecs
import GGUF
import NeuralNetwork
import Planning
import Reports

/// Evaluates a plan before anything is written.
struct PlanValidation {
  private let base: Network
  private let text: EvaluationText.Chunks

  /// Reads the text and how the model is built, so that what cannot be run is known before anything is
  /// measured.
  init(_ text: EvaluationText, model path: String, _ session: Session) throws {
    let model = try ModelFile(path: path)
    base = try Network(model, threads: session.threads)
    self.text = try text.read(for: model, session)
  }

  /// Compares the model with what the plan would make of it.
  func evaluate(
    _ plan: Plan, of model: MeasuredModel, weighting: Weighting, _ session: Session
  ) throws -> Evaluation {
    let weights = QuantizedWeights(
      model.source, types: plan.entries.map(\.type),
      Encoding(weighting: weighting, unit: model.basis.measuredUnit), threads: session.threads)
    let quantized = try Network(
      model.source.file, weights: weights, threads: session.threads)
    return try EvaluateWorkflow.evaluate(
      NetworkPair(base: base, quantized: quantized), over: text, session)
  }
}
