package import GGUF

extension Codec {
  /// Every codec, in families, as help, reports, tests and benchmarks list them.
  package static let all: [Codec] = [
    Codec(F32.self), Codec(F16.self), Codec(BF16.self),
    Codec(Q4_0.self), Codec(Q4_1.self), Codec(Q5_0.self), Codec(Q5_1.self), Codec(Q6_0.self),
    Codec(Q8_0.self),
    Codec(Q4_K.self), Codec(Q5_K.self), Codec(Q6_K.self),
    Codec(IQ4_NL.self), Codec(IQ3_K.self), Codec(IQ4_K.self), Codec(IQ5_K.self), Codec(IQ6_K.self),
    Codec(IQ4_KSS.self), Codec(IQ4_KS.self),
    Codec(IQ1_KT.self), Codec(IQ2_KT.self), Codec(IQ3_KT.self), Codec(IQ4_KT.self),
  ]

  /// The codec of a tensor type, or nil where Ration cannot decode it.
  package static func of(_ type: TensorType) -> Codec? { byType[type] }

  private static let byType = Dictionary(uniqueKeysWithValues: all.map { ($0.type, $0) })
}
