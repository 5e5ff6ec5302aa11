package import GGUF

extension Codec {
  /// Every codec that can write, in families, as help, reports, tests and benchmarks list them.
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
    Codec(IQ1_KT.self), Codec(IQ2_KT.self), Codec(IQ3_KT.self), Codec(IQ4_KT.self),
  ]

  /// The codecs of types that others write and Ration only reads.
  package static let decodeOnly: [Codec] = [
    Codec(Q8_KV.self),
    Codec(Q4_0_R8.self), Codec(Q5_0_R4.self), Codec(Q6_0_R4.self), Codec(Q8_0_R8.self),
    Codec(Q2_K_R4.self), Codec(Q3_K_R4.self), Codec(Q4_K_R4.self), Codec(Q5_K_R4.self),
    Codec(Q6_K_R4.self),
    Codec(IQ2_XXS_R4.self), Codec(IQ2_XS_R4.self), Codec(IQ2_S_R4.self), Codec(IQ3_XXS_R4.self),
    Codec(IQ3_S_R4.self), Codec(IQ1_S_R4.self), Codec(IQ1_M_R4.self),
    Codec(IQ4_NL_R4.self), Codec(IQ4_XS_R8.self), Codec(BF16_R16.self), Codec(IQ2_BN_R4.self),
    Codec(IQ2_K_R4.self), Codec(IQ3_K_R4.self), Codec(IQ4_K_R4.self), Codec(IQ5_K_R4.self),
    Codec(IQ4_KS_R4.self), Codec(IQ5_KS_R4.self), Codec(MXFP4_R8.self),
    Codec(Q8_K_R16.self), Codec(Q8_KV_R8.self), Codec(Q8_K_R8.self),
  ]

  /// The codec of a tensor type, or nil where Ration cannot decode it.
  package static func of(_ type: TensorType) -> Codec? { byType[type] }

  private static let byType = Dictionary(
    uniqueKeysWithValues: (all + decodeOnly).map { ($0.type, $0) })
}
