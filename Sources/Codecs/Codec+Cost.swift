package import GGUF

extension Codec {
  /// What it costs to encode a weight and to look at the result, in nanoseconds of one thread.
  ///
  /// It divides work among processes, and decides nothing else: where it is wrong, they end at different times.
  package var encodingCost: Double { Self.encodingCosts[type] ?? 30 }

  /// What it costs to read a weight in bf16 for its digest and again for its energy, in nanoseconds of one thread: 5.0 s
  /// for the 1.54 billion weights of Qwen2.5-Coder-1.5B.
  package static let readingCost = 3.0

  /// `ration measure --sample full --types T` on a mixture of experts of 14 million weights in rows of 256, on a Xeon with
  /// AVX-512: its time less that of reading. Types of trellises depend on the weights, so theirs are means with what they take
  /// on the demo model and on Qwen2.5-Coder-1.5B.
  private static let encodingCosts: [TensorType: Double] = [
    .F16: 6, .Q4_0: 16, .Q4_1: 27, .Q5_0: 18, .Q5_1: 28, .Q6_0: 19, .Q8_0: 22, .Q2_K: 46, .Q3_K: 25,
    .Q4_K: 33, .Q5_K: 32, .Q6_K: 23, .IQ1_S: 25, .IQ1_M: 31, .IQ2_XXS: 44, .IQ2_XS: 48, .IQ2_S: 32,
    .IQ3_XXS: 63, .IQ3_S: 41, .IQ4_NL: 19, .IQ4_XS: 23, .MXFP4: 16, .IQ2_K: 28, .IQ3_K: 25,
    .IQ4_K: 31,
    .IQ5_K: 32, .IQ6_K: 40, .IQ2_KS: 17, .IQ2_KL: 47, .IQ3_KS: 22, .IQ4_KSS: 31, .IQ4_KS: 21,
    .IQ5_KS: 22,
    .IQ1_KT: 95, .IQ2_KT: 135, .IQ3_KT: 145, .IQ4_KT: 180, .F32: 5, .BF16: 5,
  ]
}
