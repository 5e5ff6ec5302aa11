extension TestNetwork {
  /// Layers of experts between dense ones, and heads that are normed without weights.
  static let llama4 = [
    llama4("llama4", architecture: "llama4", used: 1),
    // No layer has chunks, and all know positions.
    llama4(
      "llama4-unchunked", architecture: "llama4", used: 1,
      keys: [.uint32("llama4.attention.sliding_window", 0)]),
  ]

  /// Chunks that the tokens leave, and attention that gets sharper within them.
  package static let chunked = llama4("llama4-chunks", architecture: "chunked", used: 2)

  private static func llama4(
    _ name: String, architecture: String, used: UInt32, keys: [GGUFFixture.Key] = []
  ) -> TestNetwork {
    TestNetwork(
      name: name, architecture: architecture, layers: 5, rotationFactors: ["rope_freqs"],
      keys: [
        .float32("\(architecture).rope.freq_base", 500),
        .uint32("\(architecture).expert_count", 8),
        .uint32("\(architecture).expert_used_count", used),
        .uint32("\(architecture).expert_feed_forward_length", 32),
        .uint32("\(architecture).interleave_moe_layer_step", 2),
      ] + keys,
      writeLayer: { layer, tensors in
        tensors.addNorm("blk.\(layer).attn_norm")
        tensors.addAttention(layer, queries: 64, keys: 32)
        tensors.addNorm("blk.\(layer).ffn_norm")
        if layer % 2 == 0 {
          tensors.addGated(layer, hidden: 48)
        } else {
          tensors.addExperts(layer, shared: 32)
        }
      })
  }
}
