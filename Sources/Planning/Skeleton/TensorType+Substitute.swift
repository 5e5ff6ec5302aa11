import GGUF

extension TensorType {
  /// The type itself where it fits tensors of this shape, else the one that stands in for it, or
  /// nil where that does not fit either.
  func fitted(to shape: TensorShape) -> TensorType? {
    if shape.allows(self) { return self }
    return Self.substitutes[self].flatMap { shape.allows($0) ? $0 : nil }
  }

  /// For types with blocks of 256 weights, those of 32 that ik_llama.cpp takes for rows that 256
  /// does not divide (`change_type_if_necessary` in `llama-quantize.cpp`).
  private static let substitutes: [TensorType: TensorType] = {
    let groups: [(substitute: TensorType, types: [TensorType])] = [
      (
        .IQ4_NL,
        [
          .IQ1_S, .IQ1_M, .IQ1_KT, .IQ2_XXS, .IQ2_XS, .IQ2_S, .IQ2_K, .IQ2_KS, .IQ2_KL, .IQ2_KT,
          .Q2_K, .IQ3_XXS, .IQ3_S, .IQ3_K, .IQ3_KS, .IQ3_KT, .Q3_K, .IQ4_KSS, .IQ4_KS, .IQ4_KT,
          .IQ4_XS,
        ]
      ),
      (.Q5_0, [.IQ4_K, .Q4_K, .IQ5_KS]),
      (.Q6_0, [.IQ5_K, .Q5_K]),
      (.Q8_0, [.IQ6_K, .Q6_K]),
    ]
    let pairs = groups.flatMap { group in group.types.map { ($0, group.substitute) } }
    return Dictionary(uniqueKeysWithValues: pairs)
  }()
}
