package import GGUF

extension Codec {
  /// Every codec, in families, as help, reports, tests and benchmarks list them.
  package static let all: [Codec] = [
    Codec(F32.self), Codec(F16.self), Codec(BF16.self),
    Codec(Q4_0.self), Codec(Q4_1.self), Codec(Q5_0.self), Codec(Q5_1.self), Codec(Q6_0.self),
    Codec(Q8_0.self),
    Codec(Q2_K.self), Codec(Q3_K.self), Codec(Q4_K.self), Codec(Q5_K.self), Codec(Q6_K.self),
    Codec(IQ1_S.self), Codec(IQ1_M.self), Codec(IQ2_XXS.self), Codec(IQ2_XS.self),
    Codec(IQ2_S.self),
    Codec(IQ3_XXS.self), Codec(IQ3_S.self), Codec(IQ4_NL.self), Codec(IQ4_XS.self),
    Codec(MXFP4.self),
    Codec(IQ2_K.self), Codec(IQ3_K.self), Codec(IQ4_K.self), Codec(IQ5_K.self), Codec(IQ6_K.self),
    Codec(IQ2_KS.self), Codec(IQ2_KL.self), Codec(IQ3_KS.self), Codec(IQ4_KSS.self),
    Codec(IQ4_KS.self), Codec(IQ5_KS.self),
  ]

  /// The codec of a tensor type, or nil where Ration cannot decode it.
  package static func of(_ type: TensorType) -> Codec? { byType[type] }

  private static let byType = Dictionary(uniqueKeysWithValues: all.map { ($0.type, $0) })
}
