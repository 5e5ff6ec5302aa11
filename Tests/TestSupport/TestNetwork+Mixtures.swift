extension TestNetwork {
  /// Mixtures whose keys say how tokens are sent to experts, and their dense kin.
  static let mixtures = [
    TestNetwork(
      name: "minimax-m2", architecture: "minimax-m2", turnedWidth: 8, hidden: 32,
      keys: [
        .uint32("minimax-m2.expert_count", 8), .uint32("minimax-m2.expert_used_count", 3),
        .uint32("minimax-m2.expert_feed_forward_length", 32),
        .uint32("minimax-m2.expert_gating_func", 2),
        .float32("minimax-m2.rope.freq_base", 1000),
      ],
      writeLayer: { layer, tensors in
        tensors.addNorm("blk.\(layer).attn_norm")
        tensors.addAttention(layer, queries: 64, keys: 32, normWidths: (64, 32))
        tensors.addNorm("blk.\(layer).ffn_norm")
        tensors.addExperts(layer, hasSelectionBias: true)
      }),
    TestNetwork(
      name: "dots1", architecture: "dots1", layers: 3, keyHeads: 4,
      keys: [
        .uint32("dots1.expert_count", 8), .uint32("dots1.expert_used_count", 3),
        .uint32("dots1.expert_feed_forward_length", 32), .uint32("dots1.expert_shared_count", 2),
        .uint32("dots1.leading_dense_block_count", 1), .uint32("dots1.expert_gating_func", 2),
        .bool("dots1.expert_weights_norm", true), .float32("dots1.expert_weights_scale", 2.5),
      ],
      writeLayer: { layer, tensors in
        tensors.addNorm("blk.\(layer).attn_norm")
        tensors.addAttention(layer, queries: 64, keys: 64, normWidths: (16, 16))
        tensors.addNorm("blk.\(layer).ffn_norm")
        if layer == 0 {
          tensors.addGated(layer, hidden: 64)
        } else {
          tensors.addExperts(layer, shared: 64, hasSelectionBias: true)
        }
      }),
    TestNetwork(
      name: "bailingmoe2", architecture: "bailingmoe2", layers: 3, turnedWidth: 8,
      keys: [
        .uint32("bailingmoe2.expert_count", 8), .uint32("bailingmoe2.expert_used_count", 3),
        .uint32("bailingmoe2.expert_feed_forward_length", 32),
        .uint32("bailingmoe2.expert_shared_feed_forward_length", 48),
        .uint32("bailingmoe2.expert_shared_count", 1),
        .uint32("bailingmoe2.expert_group_count", 4),
        .uint32("bailingmoe2.expert_group_used_count", 2),
        .uint32("bailingmoe2.leading_dense_block_count", 1),
        .uint32("bailingmoe2.expert_gating_func", 2),
        .bool("bailingmoe2.expert_weights_norm", true),
        .float32("bailingmoe2.expert_weights_scale", 1.5),
        .string("bailingmoe2.rope.scaling.type", "none"),
      ],
      writeLayer: { layer, tensors in
        tensors.addNorm("blk.\(layer).attn_norm")
        tensors.addFusedAttention(layer, queries: 64, keys: 32, normWidths: (16, 16))
        tensors.addNorm("blk.\(layer).ffn_norm")
        if layer == 0 {
          tensors.addGated(layer, hidden: 64)
        } else {
          tensors.addExperts(layer, shared: 48, hasSelectionBias: true)
        }
      }),
    TestNetwork(name: "ernie4_5", architecture: "ernie4_5", isTied: true),
    TestNetwork(
      name: "ernie4_5-moe", architecture: "ernie4_5-moe", layers: 3,
      keys: [
        .uint32("ernie4_5-moe.expert_count", 8), .uint32("ernie4_5-moe.expert_used_count", 3),
        .uint32("ernie4_5-moe.expert_feed_forward_length", 32),
        .uint32("ernie4_5-moe.expert_shared_feed_forward_length", 48),
        .uint32("ernie4_5-moe.expert_shared_count", 2),
        .uint32("ernie4_5-moe.leading_dense_block_count", 1),
        .uint32("ernie4_5-moe.interleave_moe_layer_step", 1),
      ],
      writeLayer: { layer, tensors in
        tensors.addNorm("blk.\(layer).attn_norm")
        tensors.addAttention(layer, queries: 64, keys: 32)
        tensors.addNorm("blk.\(layer).ffn_norm")
        if layer == 0 {
          tensors.addGated(layer, hidden: 64)
        } else {
          tensors.addExperts(layer, shared: 48, hasSelectionBias: true)
        }
      }),
    // Its experts are softmax's, and shares stay as they are; ik_llama.cpp does not know it.
    TestNetwork(
      name: "olmoe", architecture: "olmoe", keyHeads: 4, hidden: 32,
      keys: [.uint32("olmoe.expert_count", 8), .uint32("olmoe.expert_used_count", 3)],
      writeLayer: { layer, tensors in
        tensors.addNorm("blk.\(layer).attn_norm")
        tensors.addAttention(layer, queries: 64, keys: 64, normWidths: (64, 64))
        tensors.addNorm("blk.\(layer).ffn_norm")
        tensors.addExperts(layer)
      }),
    // ik_llama.cpp norms heads before the rotation, the model's authors behind it.
    TestNetwork(
      name: "hunyuan-moe", architecture: "hunyuan-moe", hidden: 32,
      keys: [
        .uint32("hunyuan-moe.expert_count", 8), .uint32("hunyuan-moe.expert_used_count", 3),
        .uint32("hunyuan-moe.expert_feed_forward_length", 32),
        .uint32("hunyuan-moe.expert_shared_feed_forward_length", 40),
        .uint32("hunyuan-moe.expert_shared_count", 1),
        .string("hunyuan-moe.rope.scaling.type", "none"),
        .float32("hunyuan-moe.rope.scaling.factor", 1),
      ],
      writeLayer: { layer, tensors in
        tensors.addNorm("blk.\(layer).attn_norm")
        tensors.addAttention(layer, queries: 64, keys: 32, normWidths: (16, 16))
        tensors.addNorm("blk.\(layer).ffn_norm")
        tensors.addExperts(layer, shared: 40)
      }),
    TestNetwork(
      name: "hunyuan-dense", architecture: "hunyuan-dense", hasHeadNorms: true, isTied: true,
      keys: [
        .string("hunyuan-dense.rope.scaling.type", "none"),
        .float32("hunyuan-dense.rope.scaling.factor", 1),
        .uint32("hunyuan-dense.rope.scaling.original_context_length", 128),
      ]),
  ]
}
