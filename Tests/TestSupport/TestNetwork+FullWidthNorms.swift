extension TestNetwork {
  /// Dense networks of the OLMos: norms only behind the branches, and over all heads of queries and of keys together.
  /// ik_llama.cpp does not know them.
  static let fullWidthNorms = [
    TestNetwork(name: "olmo2", architecture: "olmo2", writeLayer: writeNormedBehind),
    TestNetwork(
      name: "olmo3", architecture: "olmo2", layers: 4,
      keys: [
        .uint32("olmo2.attention.sliding_window", 8),
        .array(
          "olmo2.attention.sliding_window_pattern", of: 7, count: 4, [1, 1, 1, 0]),
        .string("olmo2.rope.scaling.type", "yarn"), .float32("olmo2.rope.scaling.factor", 8),
        .uint32("olmo2.rope.scaling.original_context_length", 64),
        .float32("olmo2.rope.freq_base", 100),
      ], writeLayer: writeNormedBehind),
  ]

  private static let writeNormedBehind: @Sendable (Int, inout RandomTensors) -> Void = {
    layer, tensors in
    tensors.addAttention(layer, queries: 64, keys: 32, normWidths: (64, 32))
    tensors.addNorm("blk.\(layer).post_attention_norm")
    tensors.addGated(layer, hidden: 64)
    tensors.addNorm("blk.\(layer).post_ffw_norm")
  }
}
