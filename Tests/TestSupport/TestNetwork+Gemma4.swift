extension TestNetwork {
  /// Heads of two sizes, keys and values of earlier layers, inputs of each layer, and experts beside a gated network.
  package static let gemma4 = [
    TestNetwork(
      name: "gemma4", architecture: "gemma4", layers: 7, headWidth: 32, isTied: true,
      rotationFactors: ["rope_freqs"],
      keys: gemma4Keys(windows: [true, false, true, false, true, true, false]) + [
        .uint32("gemma4.attention.shared_kv_layers", 3),
        .uint32("gemma4.embedding_length_per_layer_input", 32),
      ]
    ) { layer, tensors in
      if layer == 0 {
        tensors.add("per_layer_token_embd.weight", [7 * 32, vocabulary], spread: 1)
        tensors.add("per_layer_model_proj.weight", [width, 7 * 32])
        tensors.addNorm("per_layer_proj_norm", 32)
      }
      let headWidth = [1, 3, 6].contains(layer) ? 32 : 16
      writeGemma4Attention(
        layer, headWidth, keyHeads: layer < 4 ? 2 : 0, hasValues: true, &tensors)
      let block = "blk.\(layer)"
      writeGatedNetwork(layer, &tensors)
      tensors.add("\(block).inp_gate.weight", [width, 32])
      tensors.add("\(block).proj.weight", [32, width])
      tensors.addNorm("\(block).post_norm")
    },
    TestNetwork(
      name: "gemma4-experts", architecture: "gemma4",
      keyHeadsByLayer: [2, 1], headWidth: 32, isTied: true, rotationFactors: ["rope_freqs"],
      keys: gemma4Keys(windows: [true, false]) + [
        .uint32("gemma4.embedding_length_per_layer_input", 0),
        .uint32("gemma4.expert_count", 4), .uint32("gemma4.expert_used_count", 2),
        .uint32("gemma4.expert_feed_forward_length", 32),
      ]
    ) { layer, tensors in
      let seesAll = layer == 1
      writeGatedNetwork(layer, &tensors)
      writeGemma4Attention(
        layer, seesAll ? 32 : 16, keyHeads: seesAll ? 1 : 2, hasValues: !seesAll, &tensors)
      let block = "blk.\(layer)"
      tensors.add("\(block).ffn_gate_inp.weight", [width, 4], spread: 1)
      for norm in ["post_ffw_norm_1", "pre_ffw_norm_2", "post_ffw_norm_2"] {
        tensors.addNorm("\(block).\(norm)")
      }
      tensors.add("\(block).ffn_gate_inp.scale", [width], around: 2, spread: 0.5)
      tensors.add("\(block).ffn_gate_up_exps.weight", [width, 64, 4])
      tensors.add("\(block).ffn_down_exps.weight", [32, width, 4])
      tensors.add("\(block).ffn_down_exps.scale", [4], around: 1, spread: 0.5)
    },
  ]

  private static func gemma4Keys(windows: [Bool]) -> [GGUFFixture.Key] {
    [
      .array(
        "gemma4.attention.sliding_window_pattern", of: 7, count: UInt64(windows.count),
        windows.map { $0 ? 1 : 0 }),
      .uint32("gemma4.attention.sliding_window", 8),
      .uint32("gemma4.attention.key_length", 32), .uint32("gemma4.attention.value_length", 32),
      .uint32("gemma4.attention.key_length_swa", 16),
      .uint32("gemma4.attention.value_length_swa", 16),
      .uint32("gemma4.rope.dimension_count_swa", 16), .float32("gemma4.rope.freq_base", 1000),
      .float32("gemma4.rope.freq_base_swa", 100),
      .float32("gemma4.final_logit_softcapping", 3),
    ]
  }

  /// - Parameter keyHeads: those of the layer's own; 0 where it has none.
  @Sendable private static func writeGemma4Attention(
    _ layer: Int, _ headWidth: Int, keyHeads: Int, hasValues: Bool, _ tensors: inout RandomTensors
  ) {
    let block = "blk.\(layer)"
    tensors.addNorm("\(block).attn_norm")
    tensors.add("\(block).attn_q.weight", [width, 4 * headWidth])
    // Scores are plain products: without small norms they would leave all but one key nothing.
    tensors.add("\(block).attn_q_norm.weight", [headWidth], around: 0.5, spread: 0.2)
    if keyHeads > 0 {
      tensors.add("\(block).attn_k.weight", [width, keyHeads * headWidth])
      tensors.add("\(block).attn_k_norm.weight", [headWidth], around: 0.5, spread: 0.2)
      if hasValues { tensors.add("\(block).attn_v.weight", [width, keyHeads * headWidth]) }
    }
    tensors.add("\(block).attn_output.weight", [4 * headWidth, width])
    tensors.addNorm("\(block).post_attention_norm")
    tensors.add("\(block).layer_output_scale.weight", [1], around: 0.8, spread: 0.2)
  }

  @Sendable private static func writeGatedNetwork(_ layer: Int, _ tensors: inout RandomTensors) {
    let block = "blk.\(layer)"
    tensors.addNorm("\(block).ffn_norm")
    tensors.add("\(block).ffn_gate.weight", [width, 64])
    tensors.add("\(block).ffn_up.weight", [width, 64])
    tensors.add("\(block).ffn_down.weight", [64, width])
    tensors.addNorm("\(block).post_ffw_norm")
  }
}
