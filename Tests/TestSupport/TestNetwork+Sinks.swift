extension TestNetwork {
  /// Attention with sinks, and experts with biases and a bounded activation.
  package static let sinks = [
    TestNetwork(
      name: "gpt-oss", architecture: "gpt-oss", hidden: 32, experts: 4,
      keys: [
        .uint32("gpt-oss.expert_count", 4), .uint32("gpt-oss.expert_used_count", 2),
        .uint32("gpt-oss.expert_feed_forward_length", 32),
        .uint32("gpt-oss.attention.sliding_window", 8),
        .uint32("gpt-oss.attention.key_length", 16),
        .uint32("gpt-oss.attention.value_length", 16),
        .float32("gpt-oss.rope.freq_base", 100),
        .string("gpt-oss.rope.scaling.type", "yarn"),
        .float32("gpt-oss.rope.scaling.factor", 8),
        .uint32("gpt-oss.rope.scaling.original_context_length", 64),
      ],
      writeLayer: writeLayerWithSinks)
  ]

  @Sendable private static func writeLayerWithSinks(
    _ layer: Int, _ tensors: inout RandomTensors
  ) {
    let block = "blk.\(layer)"
    tensors.addNorm("\(block).attn_norm")
    for (name, inputs, outputs) in [
      ("q", width, 64), ("k", width, 32), ("v", width, 32), ("output", 64, width),
    ] {
      tensors.add("\(block).attn_\(name).weight", [inputs, outputs])
      tensors.add("\(block).attn_\(name).bias", [outputs], spread: 0.5)
    }
    tensors.add("\(block).attn_sinks.weight", [4], around: 1, spread: 2)
    tensors.addNorm("\(block).post_attention_norm")
    tensors.add("\(block).ffn_gate_inp.weight", [width, 4])
    tensors.add("\(block).ffn_gate_inp.bias", [4], spread: 1.5)
    // Gates and what they gate are so large that the bounds matter here and there.
    for (name, inputs, outputs, spread) in [
      ("gate", width, 32, 0.7), ("up", width, 32, 0.7), ("down", 32, width, 0.1),
    ] as [(String, Int, Int, Float)] {
      tensors.add("\(block).ffn_\(name)_exps.weight", [inputs, outputs, 4], spread: spread)
      tensors.add("\(block).ffn_\(name)_exps.bias", [outputs, 4], spread: 0.5)
    }
  }
}
