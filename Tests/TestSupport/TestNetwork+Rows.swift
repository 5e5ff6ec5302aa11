extension TestNetwork {
  /// Plain rows of the table of architectures.
  static let rows = [
    glm4,
    seedOSS,
    TestNetwork(
      name: "smollm3", architecture: "smollm3", layers: 4, isTied: true,
      keys: [.float32("smollm3.rope.freq_base", 500)]),
    TestNetwork(
      name: "mistral3", architecture: "mistral3", headWidth: 32,
      keys: [
        .uint32("mistral3.attention.key_length", 32),
        .uint32("mistral3.attention.value_length", 32),
        .float32("mistral3.attention.temperature_scale", 0.5),
        .float32("mistral3.rope.freq_base", 100),
        .string("mistral3.rope.scaling.type", "yarn"),
        .float32("mistral3.rope.scaling.factor", 16),
        .uint32("mistral3.rope.scaling.original_context_length", 8),
        .float32("mistral3.rope.scaling.yarn_beta_fast", 32),
        .float32("mistral3.rope.scaling.yarn_beta_slow", 1),
        .float32("mistral3.rope.scaling.yarn_log_multiplier", 0.5),
      ]),
    TestNetwork(
      name: "granite", architecture: "granite", isTied: true, keys: graniteScales("granite")),
    TestNetwork(
      name: "granitemoe", architecture: "granitemoe", hidden: 32, experts: 6,
      keys: graniteScales("granitemoe") + [
        .uint32("granitemoe.expert_count", 6), .uint32("granitemoe.expert_used_count", 2),
      ]),
    cohere2,
    starcoder2,
    stablelm,
    parallelStablelm,
  ]

  private static func graniteScales(_ name: String) -> [GGUFFixture.Key] {
    [
      .float32("\(name).embedding_scale", 3), .float32("\(name).residual_scale", 0.4),
      .float32("\(name).attention.scale", 0.3), .float32("\(name).logit_scale", 2),
    ]
  }

  private static let glm4 = {
    var network = TestNetwork(name: "glm4", architecture: "glm4", turnedWidth: 8)
    network.writeLayer = { layer, tensors in
      let block = "blk.\(layer)"
      tensors.addNorm("\(block).attn_norm")
      tensors.addAttention(block, hasBiases: true)
      tensors.addNorm("\(block).post_attention_norm")
      tensors.addNorm("\(block).ffn_norm")
      tensors.add("\(block).ffn_up.weight", [width, 128])
      tensors.add("\(block).ffn_down.weight", [64, width])
      tensors.addNorm("\(block).post_ffw_norm")
    }
    return network
  }()

  private static let seedOSS = {
    var network = TestNetwork(name: "seed_oss", architecture: "seed_oss")
    network.writeLayer = { layer, tensors in
      let block = "blk.\(layer)"
      tensors.addNorm("\(block).attn_norm")
      tensors.addAttention(block, hasBiases: true)
      tensors.addNorm("\(block).post_attention_norm")
      tensors.addGates(block)
    }
    return network
  }()

  private static let cohere2 = {
    var network = TestNetwork(
      name: "cohere2", architecture: "cohere2", layers: 4, isTied: true,
      keys: [
        .float32("cohere2.attention.layer_norm_epsilon", 1e-5),
        .uint32("cohere2.attention.sliding_window", 8), .float32("cohere2.logit_scale", 0.5),
        .string("cohere2.rope.scaling.type", "none"),
      ])
    network.writeLayer = { layer, tensors in
      let block = "blk.\(layer)"
      tensors.addNorm("\(block).attn_norm")
      tensors.addAttention(block)
      tensors.addGates(block)
    }
    return network
  }()

  private static let starcoder2 = {
    var network = TestNetwork(
      name: "starcoder2", architecture: "starcoder2", hidden: 96, hasNormBiases: true, isTied: true,
      keys: [.float32("starcoder2.attention.layer_norm_epsilon", 1e-5)])
    network.writeLayer = { layer, tensors in
      let block = "blk.\(layer)"
      tensors.addNorm("\(block).attn_norm", hasBias: true)
      tensors.addAttention(block, hasBiases: true)
      tensors.add("\(block).attn_output.bias", [width], spread: 0.5)
      tensors.addNorm("\(block).ffn_norm", hasBias: true)
      tensors.add("\(block).ffn_up.weight", [width, 96])
      tensors.add("\(block).ffn_up.bias", [96], spread: 0.5)
      tensors.add("\(block).ffn_down.weight", [96, width])
      tensors.add("\(block).ffn_down.bias", [width], spread: 0.5)
    }
    return network
  }()

  /// As 1.6B: the halves of a block one after the other.
  private static let stablelm = {
    var network = TestNetwork(
      name: "stablelm", architecture: "stablelm", turnedWidth: 4, hasNormBiases: true,
      keys: [
        .float32("stablelm.attention.layer_norm_epsilon", 1e-5),
        .bool("stablelm.use_parallel_residual", false),
      ])
    network.writeLayer = { layer, tensors in
      let block = "blk.\(layer)"
      tensors.addNorm("\(block).attn_norm", hasBias: true)
      tensors.addAttention(block, hasBiases: true)
      tensors.addNorm("\(block).ffn_norm", hasBias: true)
      tensors.addGates(block)
    }
    return network
  }()

  /// As 12B: the halves of a block side by side, and a norm for every head.
  private static let parallelStablelm = {
    var network = TestNetwork(
      name: "stablelm-parallel", architecture: "stablelm", turnedWidth: 4, hasNormBiases: true,
      keys: [
        .float32("stablelm.attention.layer_norm_epsilon", 1e-5),
        .bool("stablelm.use_parallel_residual", true),
      ])
    network.writeLayer = { layer, tensors in
      let block = "blk.\(layer)"
      tensors.addNorm("\(block).attn_norm", hasBias: true)
      tensors.addAttention(block)
      tensors.add("\(block).attn_q_norm.weight", [16, 4], around: 1, spread: 0.4)
      tensors.add("\(block).attn_k_norm.weight", [16, 2], around: 1, spread: 0.4)
      tensors.addGates(block)
    }
    return network
  }()
}

extension RandomTensors {
  /// Adds the projections of attention of 4 heads of 16 features, 2 of keys and values.
  fileprivate mutating func addAttention(_ block: String, hasBiases: Bool = false) {
    for (name, outputs) in [("q", 64), ("k", 32), ("v", 32)] {
      add("\(block).attn_\(name).weight", [TestNetwork.width, outputs])
      if hasBiases { add("\(block).attn_\(name).bias", [outputs], spread: 0.5) }
    }
    add("\(block).attn_output.weight", [64, TestNetwork.width])
  }

  /// Adds a gated network of 64 features.
  fileprivate mutating func addGates(_ block: String) {
    add("\(block).ffn_gate.weight", [TestNetwork.width, 64])
    add("\(block).ffn_up.weight", [TestNetwork.width, 64])
    add("\(block).ffn_down.weight", [64, TestNetwork.width])
  }
}
