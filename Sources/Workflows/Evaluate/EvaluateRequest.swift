package import GGUF
package import NeuralNetwork

/// What `ration evaluate` is asked for.
package struct EvaluateRequest: CommandRequest {
  package var base: String
  package var quantized: String
  package var text: EvaluationText
  /// Where the predictions of the base are kept from run to run; nil for nowhere.
  package var baseLogits: String?
  /// How both models round what their weights are multiplied with.
  package var activations: Activations
  /// Whether the base is compared with itself, rounded to `bf16`.
  package var measuresNoise: Bool
  /// How many tokens both models write after the middle of each chunk; 0 for none.
  package var greedyTokens: Int
  /// Whether every quantized tensor is tried by itself.
  package var attributes: Bool
  /// The report as a page; nil for none.
  package var page: PageRequest?

  package init(
    base: String, quantized: String, text: EvaluationText, baseLogits: String? = nil,
    activations: Activations = .f32, measuresNoise: Bool = false, greedyTokens: Int = 0,
    attributes: Bool = false, page: PageRequest? = nil
  ) {
    self.base = base
    self.quantized = quantized
    self.text = text
    self.baseLogits = baseLogits
    self.activations = activations
    self.measuresNoise = measuresNoise
    self.greedyTokens = greedyTokens
    self.attributes = attributes
    self.page = page
  }

  package var files: CommandFiles {
    CommandFiles(
      inputs: [base, quantized] + text.files, outputs: [page?.output].compactMap { $0 },
      kept: baseLogits.map { [.predictions($0)] } ?? [])
  }
}
