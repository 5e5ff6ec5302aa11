package import GGUF

/// What `llama-quantize` is told to make of a model: `Q4_K_M`, `IQ4_KSS`, `F16`, `COPY`, or a number that stands
/// for one.
package struct QuantizeMix: Sendable, Equatable {
  /// The name, in capitals.
  package let name: String
  /// The type that most tensors get; nil for `COPY`, which changes none.
  package let type: TensorType?

  /// The mix of a name in any capitalisation, or of a number of `llama_ftype`; nil where there is none.
  package init?(_ text: String) {
    let upper = text.uppercased()
    if let number = UInt32(text) {
      if let mix = Self.mixes.first(where: { $0.number == number }) {
        (name, type) = (mix.name, mix.type)
      } else if let type = TensorType.all.first(where: { $0.fileType == number }) {
        (name, self.type) = (type.name.uppercased(), type)
      } else {
        return nil
      }
    } else if upper == "COPY" {
      (name, type) = (upper, nil)
    } else if let mix = Self.mixes.first(where: { $0.name == Self.aliases[upper] ?? upper }) {
      (name, type) = (mix.name, mix.type)
    } else if let type = TensorType.named(text) {
      (name, self.type) = (upper, type)
    } else {
      return nil
    }
  }

  /// Whether all tensors get the one type: there is no mix of it.
  var isUniform: Bool { type.map { !$0.isQuantized } ?? true }

  /// The mixes that are not called after their type: `QUANT_OPTIONS` and `llama_ftype` of both programs.
  private static let mixes: [(name: String, number: UInt32, type: TensorType)] = [
    ("Q3_K_S", 11, .Q3_K), ("Q3_K_M", 12, .Q3_K), ("Q3_K_L", 13, .Q3_K), ("Q4_K_S", 14, .Q4_K),
    ("Q4_K_M", 15, .Q4_K), ("Q5_K_S", 16, .Q5_K), ("Q5_K_M", 17, .Q5_K), ("Q2_K_S", 21, .Q2_K),
    ("IQ3_XS", 22, .IQ3_S), ("IQ3_M", 27, .IQ3_S), ("IQ2_S", 28, .IQ2_XS), ("IQ2_M", 29, .IQ2_S),
    ("IQ3_KL", 146, .IQ3_K),
  ]

  private static let aliases = ["Q3_K": "Q3_K_M", "Q4_K": "Q4_K_M", "Q5_K": "Q5_K_M"]
}
