import GGUF
package import NeuralNetwork

/// What a model and what it was quantized to made of a text.
package struct Evaluation: Sendable {
  /// The names of the text's files.
  package let texts: [String]
  /// Tokens that the models saw at a time.
  package let context: Int
  /// How many times.
  package let chunks: Int
  package let divergence: Divergence
  /// How far both write the same; nil where nobody asked.
  package var greedy: GreedyAgreement?
  /// How both round what their weights are multiplied with.
  package var activations = Activations.f32
  /// The base against itself with what its weights are multiplied with rounded to `bf16`; nil where nobody asked.
  package var noiseFloor: Estimate?
  /// What each quantized tensor does by itself; nil where nobody asked.
  package var attribution: Attribution?

  package init(texts: [String], context: Int, chunks: Int, divergence: Divergence) {
    self.texts = texts
    self.context = context
    self.chunks = chunks
    self.divergence = divergence
  }

  /// The mean KLD in a line, beside what was predicted.
  func actualLine(predicted: Double?) -> String {
    let ratio =
      predicted.flatMap { $0 > 0 ? $0 : nil }.map {
        ": \(Figures.short(divergence.mean.value / $0)) × the prediction"
      } ?? ""
    return "actual KLD \(divergence.mean.figure) nats per token over \(place)\(ratio)"
  }

  /// How often the draft head agrees with its model, in a line; nil for a model without one.
  var draftLine: String? {
    divergence.draftAgreement.map {
      "the draft's likeliest token is the model's at \($0.quantized.percent) of the tokens, before quantization at "
        + $0.base.percent
    }
  }

  /// How activations are rounded, where they are.
  var roundingNote: String { activations == .f32 ? "" : "activations in \(activations.rawValue)" }

  /// The texts, chunks and tokens that the figures are of.
  var place: String {
    let names = texts.count == 1 ? texts[0] : "\(texts.count) texts"
    return "\(names), \(chunks) × \(context) tokens"
  }
}

extension Estimate {
  /// The figure and its standard error, four significant digits each.
  var figure: String { "\(Figures.short(value)) ± \(Figures.short(error))" }

  /// The figure and its standard error in per cent.
  var percent: String {
    "\(Figures.short(100 * value)) ± \(Figures.short(100 * error)) %"
  }
}
