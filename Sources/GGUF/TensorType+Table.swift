/// Every tensor type that occurs in GGUF files, spelt as GGUF spells it.
///
/// Ids and geometry: `ggml.h`, `ggml-common.h` and the `type_traits` table of `ggml.c` in
/// ik_llama.cpp 8337e4cd, whose ids below 100 are llama.cpp's; file types: `llama.h` there, for
/// Q3_K, Q4_K and Q5_K the medium mix. TQ1_0, TQ2_0, NVFP4, Q1_0 and Q2_0: the same files of llama.cpp b11192,
/// which `gguf-py` 0.19 confirms but for the last.
extension TensorType {
  /// Every type, in families, as help and reports list them.
  package static let all: [TensorType] = [
    .F32, .F16, .BF16, .F64, .I8, .I16, .I32, .I64,
    .Q4_0, .Q4_1, .Q5_0, .Q5_1, .Q6_0, .Q8_0,
    .Q2_K, .Q3_K, .Q4_K, .Q5_K, .Q6_K,
    .IQ1_S, .IQ1_M, .IQ2_XXS, .IQ2_XS, .IQ2_S, .IQ3_XXS, .IQ3_S, .IQ4_NL, .IQ4_XS, .MXFP4,
    .TQ1_0, .TQ2_0, .NVFP4, .Q1_0, .Q2_0,
    .IQ2_K, .IQ3_K, .IQ4_K, .IQ5_K, .IQ6_K, .IQ2_KS, .IQ3_KS, .IQ4_KS, .IQ4_KSS, .IQ5_KS,
    .IQ2_KL,
    .IQ1_KT, .IQ2_KT, .IQ3_KT, .IQ4_KT,
    .IQ1_BN, .IQ2_BN, .Q8_KV,
    .Q4_0_R8, .Q5_0_R4, .Q6_0_R4, .Q8_0_R8, .Q2_K_R4, .Q3_K_R4, .Q4_K_R4, .Q5_K_R4, .Q6_K_R4,
    .IQ2_XXS_R4, .IQ2_XS_R4, .IQ2_S_R4, .IQ3_XXS_R4, .IQ3_S_R4, .IQ1_S_R4, .IQ1_M_R4, .IQ4_NL_R4,
    .IQ4_XS_R8, .BF16_R16, .IQ2_BN_R4, .IQ2_K_R4, .IQ3_K_R4, .IQ4_K_R4, .IQ5_K_R4, .IQ4_KS_R4,
    .IQ5_KS_R4, .MXFP4_R8, .Q8_K_R16, .Q8_KV_R8, .Q8_K_R8,
  ]

  // Plain numbers.
  package static let F32 = TensorType(0, "f32", 1, 4, fileType: 0)
  package static let F16 = TensorType(1, "f16", 1, 2, fileType: 1)
  package static let BF16 = TensorType(30, "bf16", 1, 2, fileType: 32)
  package static let F64 = TensorType(28, "f64", 1, 8)
  package static let I8 = TensorType(24, "i8", 1, 1)
  package static let I16 = TensorType(25, "i16", 1, 2)
  package static let I32 = TensorType(26, "i32", 1, 4)
  package static let I64 = TensorType(27, "i64", 1, 8)

  // Legacy types: 32 weights share a half-precision scale.
  package static let Q4_0 = TensorType(2, "q4_0", 32, 18, fileType: 2)
  package static let Q4_1 = TensorType(3, "q4_1", 32, 20, fileType: 3)
  package static let Q5_0 = TensorType(6, "q5_0", 32, 22, fileType: 8)
  package static let Q5_1 = TensorType(7, "q5_1", 32, 24, fileType: 9)
  package static let Q6_0 = TensorType(133, "q6_0", 32, 26, .ikOnly, fileType: 135)
  package static let Q8_0 = TensorType(8, "q8_0", 32, 34, fileType: 7)

  // K-quants: super-blocks of 256 weights.
  package static let Q2_K = TensorType(10, "q2_K", 256, 84, fileType: 10)
  package static let Q3_K = TensorType(11, "q3_K", 256, 110, fileType: 12)
  package static let Q4_K = TensorType(12, "q4_K", 256, 144, fileType: 15)
  package static let Q5_K = TensorType(13, "q5_K", 256, 176, fileType: 17)
  package static let Q6_K = TensorType(14, "q6_K", 256, 210, fileType: 18)

  // i-quants.
  package static let IQ1_S = TensorType(19, "iq1_s", 256, 50, fileType: 24)
  package static let IQ1_M = TensorType(29, "iq1_m", 256, 56, fileType: 31)
  package static let IQ2_XXS = TensorType(16, "iq2_xxs", 256, 66, fileType: 19)
  package static let IQ2_XS = TensorType(17, "iq2_xs", 256, 74, fileType: 20)
  package static let IQ2_S = TensorType(22, "iq2_s", 256, 82, fileType: 28)
  package static let IQ3_XXS = TensorType(18, "iq3_xxs", 256, 98, fileType: 23)
  package static let IQ3_S = TensorType(21, "iq3_s", 256, 110, fileType: 26)
  package static let IQ4_NL = TensorType(20, "iq4_nl", 32, 18, fileType: 25)
  package static let IQ4_XS = TensorType(23, "iq4_xs", 256, 136, fileType: 30)
  package static let MXFP4 = TensorType(39, "mxfp4", 32, 17, fileType: 38)

  // llama.cpp: ternary and binary weights, and a four-bit float whose blocks of 16 have a scale of eight bits.
  package static let TQ1_0 = TensorType(34, "tq1_0", 256, 54, .mainlineOnly, fileType: 36)
  package static let TQ2_0 = TensorType(35, "tq2_0", 256, 66, .mainlineOnly, fileType: 37)
  package static let NVFP4 = TensorType(40, "nvfp4", 64, 36, .mainlineOnly, fileType: 39)
  package static let Q1_0 = TensorType(41, "q1_0", 128, 18, fileType: 40)
  package static let Q2_0 = TensorType(42, "q2_0", 64, 18, .mainlineOnly, fileType: 41)

  /// Other names of types, in lower case: ik_llama.cpp calls one by the number of weights in its block.
  static let aliases: [String: TensorType] = ["q1_0_g128": .Q1_0]

  // ik_llama.cpp: non-linear grids.
  package static let IQ2_K = TensorType(137, "iq2_k", 256, 76, .ikOnly, fileType: 138)
  package static let IQ3_K = TensorType(138, "iq3_k", 256, 110, .ikOnly, fileType: 139)
  package static let IQ4_K = TensorType(139, "iq4_k", 256, 144, .ikOnly, fileType: 140)
  package static let IQ5_K = TensorType(140, "iq5_k", 256, 176, .ikOnly, fileType: 141)
  package static let IQ6_K = TensorType(141, "iq6_k", 256, 212, .ikOnly, fileType: 142)
  package static let IQ2_KS = TensorType(145, "iq2_ks", 256, 70, header: 2, .ikOnly, fileType: 147)
  package static let IQ3_KS = TensorType(156, "iq3_ks", 256, 102, header: 2, .ikOnly, fileType: 154)
  package static let IQ4_KS = TensorType(144, "iq4_ks", 256, 136, header: 4, .ikOnly, fileType: 145)
  package static let IQ4_KSS = TensorType(
    146, "iq4_kss", 256, 128, header: 4, .ikOnly, fileType: 148)
  package static let IQ5_KS = TensorType(152, "iq5_ks", 256, 168, header: 4, .ikOnly, fileType: 150)
  package static let IQ2_KL = TensorType(157, "iq2_kl", 256, 86, header: 2, .ikOnly, fileType: 155)

  // ik_llama.cpp: trellises.
  package static let IQ1_KT = TensorType(158, "iq1_kt", 256, 56, header: 4, .ikOnly, fileType: 156)
  package static let IQ2_KT = TensorType(153, "iq2_kt", 256, 68, header: 4, .ikOnly, fileType: 151)
  package static let IQ3_KT = TensorType(154, "iq3_kt", 256, 100, header: 4, .ikOnly, fileType: 152)
  package static let IQ4_KT = TensorType(155, "iq4_kt", 256, 128, header: 4, .ikOnly, fileType: 153)

  // ik_llama.cpp: others.
  package static let IQ1_BN = TensorType(134, "iq1_bn", 64, 13, header: 2, .ikOnly, fileType: 136)
  package static let IQ2_BN = TensorType(135, "iq2_bn", 64, 16, header: 4, .ikOnly, fileType: 137)
  package static let Q8_KV = TensorType(151, "q8_KV", 32, 32, header: 8, .ikOnly, fileType: 149)

  // ik_llama.cpp: rows interleaved in groups.
  package static let Q4_0_R8 = TensorType(202, "q4_0_r8", 32, 18, group: 8, .ikOnly, fileType: 202)
  package static let Q5_0_R4 = TensorType(206, "q5_0_r4", 32, 22, group: 4, .ikOnly, fileType: 208)
  package static let Q6_0_R4 = TensorType(233, "q6_0_r4", 32, 26, group: 4, .ikOnly, fileType: 335)
  package static let Q8_0_R8 = TensorType(208, "q8_0_r8", 32, 34, group: 8, .ikOnly, fileType: 207)
  package static let Q2_K_R4 = TensorType(210, "q2_k_r4", 256, 84, group: 4, .ikOnly, fileType: 210)
  package static let Q3_K_R4 = TensorType(
    211, "q3_k_r4", 256, 110, group: 4, .ikOnly, fileType: 211)
  package static let Q4_K_R4 = TensorType(
    212, "q4_k_r4", 256, 144, group: 4, .ikOnly, fileType: 214)
  package static let Q5_K_R4 = TensorType(
    213, "q5_k_r4", 256, 176, group: 4, .ikOnly, fileType: 216)
  package static let Q6_K_R4 = TensorType(
    214, "q6_k_r4", 256, 210, group: 4, .ikOnly, fileType: 218)
  package static let IQ2_XXS_R4 = TensorType(
    216, "iq2_xxs_r4", 256, 66, group: 4, .ikOnly, fileType: 219)
  package static let IQ2_XS_R4 = TensorType(
    217, "iq2_xs_r4", 256, 74, group: 4, .ikOnly, fileType: 220)
  package static let IQ2_S_R4 = TensorType(222, "iq2_s_r4", 256, 82, group: 4, .ikOnly)
  package static let IQ3_XXS_R4 = TensorType(
    218, "iq3_xxs_r4", 256, 98, group: 4, .ikOnly, fileType: 223)
  package static let IQ3_S_R4 = TensorType(
    221, "iq3_s_r4", 256, 110, group: 4, .ikOnly, fileType: 226)
  package static let IQ1_S_R4 = TensorType(
    219, "iq1_s_r4", 32, 6, header: 2, group: 4, .ikOnly, fileType: 224)
  package static let IQ1_M_R4 = TensorType(
    229, "iq1_m_r4", 32, 7, header: 2, group: 4, .ikOnly, fileType: 231)
  package static let IQ4_NL_R4 = TensorType(
    220, "iq4_nl_r4", 32, 18, group: 4, .ikOnly, fileType: 225)
  package static let IQ4_XS_R8 = TensorType(
    223, "iq4_xs_r8", 256, 136, group: 8, .ikOnly, fileType: 230)
  package static let BF16_R16 = TensorType(230, "bf16_r16", 1, 2, group: 16, .ikOnly, fileType: 232)
  package static let IQ2_BN_R4 = TensorType(
    335, "iq2_bn_r4", 64, 16, header: 4, group: 4, .ikOnly, fileType: 337)
  package static let IQ2_K_R4 = TensorType(
    337, "iq2_k_r4", 256, 76, group: 4, .ikOnly, fileType: 338)
  package static let IQ3_K_R4 = TensorType(
    338, "iq3_k_r4", 256, 110, group: 4, .ikOnly, fileType: 339)
  package static let IQ4_K_R4 = TensorType(
    339, "iq4_k_r4", 256, 144, group: 4, .ikOnly, fileType: 340)
  package static let IQ5_K_R4 = TensorType(
    340, "iq5_k_r4", 256, 176, group: 4, .ikOnly, fileType: 341)
  package static let IQ4_KS_R4 = TensorType(
    344, "iq4_ks_r4", 256, 136, header: 4, group: 4, .ikOnly, fileType: 345)
  package static let IQ5_KS_R4 = TensorType(
    352, "iq5_ks_r4", 256, 168, header: 4, group: 4, .ikOnly, fileType: 350)
  package static let MXFP4_R8 = TensorType(
    353, "mxfp4_r8", 32, 17, group: 8, .ikOnly, fileType: 351)
  package static let Q8_K_R16 = TensorType(397, "q8_k_r16", 256, 258, group: 16, .ikOnly)
  package static let Q8_KV_R8 = TensorType(
    398, "q8_KV_r8", 32, 32, header: 4, group: 8, .ikOnly, fileType: 398)
  package static let Q8_K_R8 = TensorType(
    399, "q8_k_r8", 256, 258, group: 8, .ikOnly, fileType: 399)

  private init(
    _ id: UInt32, _ name: String, _ weightsPerBlock: Int, _ bytesPerBlock: Int,
    header: Int = 0, group: Int = 1, _ support: Support = .everywhere, fileType: UInt32? = nil
  ) {
    self.id = id
    self.name = name
    self.weightsPerBlock = weightsPerBlock
    self.bytesPerBlock = bytesPerBlock
    self.rowHeaderBytes = header
    self.rowsPerGroup = group
    self.support = support
    self.fileType = fileType
  }
}
