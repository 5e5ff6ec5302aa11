extension TestNetwork {
  /// Experts beside one that all tokens share with a gate, and linear attention by a gated delta rule.
  static let delta = [
    TestNetwork(
      name: "qwen2moe", architecture: "qwen2moe", hidden: 32, experts: 4,
      keys: expertKeys("qwen2moe")
    ) { layer, tensors in
      tensors.addNorm("blk.\(layer).attn_norm")
      for (name, outputs) in [("q", 64), ("k", 32), ("v", 32)] {
        tensors.add("blk.\(layer).attn_\(name).weight", [width, outputs])
        tensors.add("blk.\(layer).attn_\(name).bias", [outputs], spread: 0.5)
      }
      tensors.add("blk.\(layer).attn_output.weight", [64, width])
      tensors.addNorm("blk.\(layer).ffn_norm")
      tensors.addSharedExperts(layer)
    },
    hybrid("qwen3next", keys: expertKeys("qwen3next")) { layer, tensors in
      tensors.add("blk.\(layer).attn_qkv.weight", [width, 512])
      tensors.add("blk.\(layer).attn_gate.weight", [width, 256])
      tensors.add("blk.\(layer).ssm_ba.weight", [width, 8])
    },
    hybrid(
      "qwen3next-joined", "qwen3next", keys: expertKeys("qwen3next"), addInput: addInputsJoined),
    hybrid("qwen35", isDense: true, keys: sectionKeys("qwen35"), addInput: addInputsApart),
    hybrid(
      "qwen35moe", interval: 3,
      keys: expertKeys("qwen35moe", used: 3) + sectionKeys("qwen35moe")
        + [.uint32("qwen35moe.full_attention_interval", 3)],
      addInput: addInputsApart),
  ]

  /// Such a network without experts, for which the reference program has no names in this architecture.
  static let deltaWithoutExperts = hybrid(
    "qwen3next-dense", "qwen3next", isDense: true, keys: [], addInput: addInputsJoined)

  /// A network of `interval` layers, the last of which attends, and the others have a gated delta net of two key heads
  /// and four heads. Heads of another width than 64 or 128 come out wrong in the reference program, whose
  /// loop for them takes values, gates and strengths to stand in another order (`ggml_compute_forward_delta_net_f32`).
  ///
  /// - Parameter addInput: adds what a delta net projects its input with.
  private static func hybrid(
    _ name: String, _ architecture: String? = nil, interval: Int = 4, isDense: Bool = false,
    keys: [GGUFFixture.Key],
    addInput: @escaping @Sendable (_ layer: Int, _ tensors: inout RandomTensors) -> Void
  ) -> TestNetwork {
    let architecture = architecture ?? name
    let sizes: [(String, UInt32)] = [
      ("attention.key_length", 32), ("attention.value_length", 32), ("ssm.conv_kernel", 4),
      ("ssm.group_count", 2), ("ssm.time_step_rank", 4), ("ssm.state_size", 64),
      ("ssm.inner_size", 256),
    ]
    return TestNetwork(
      name: name, architecture: architecture, layers: interval, headWidth: 32, turnedWidth: 16,
      hidden: isDense ? 64 : 32, experts: isDense ? 0 : 4,
      keys: keys + sizes.map { .uint32("\(architecture).\($0)", $1) }
    ) { layer, tensors in
      let block = "blk.\(layer)"
      tensors.addNorm("\(block).attn_norm")
      if layer >= interval - 1 {
        // Queries of each head and, behind them, gates.
        tensors.add("\(block).attn_q.weight", [width, 256])
        tensors.add("\(block).attn_k.weight", [width, 64])
        tensors.add("\(block).attn_v.weight", [width, 64])
        tensors.addNorm("\(block).attn_q_norm", 32)
        tensors.addNorm("\(block).attn_k_norm", 32)
        tensors.add("\(block).attn_output.weight", [128, width])
      } else {
        addInput(layer, &tensors)
        tensors.add("\(block).ssm_conv1d.weight", [4, 512], spread: 0.6)
        tensors.add("\(block).ssm_a", [4], around: -0.6, spread: 0.5)
        tensors.add("\(block).ssm_dt.bias", [4], spread: 1)
        tensors.addNorm("\(block).ssm_norm", 64)
        tensors.add("\(block).ssm_out.weight", [256, width])
      }
      tensors.addNorm("\(block).post_attention_norm")
      if isDense {
        tensors.add("\(block).ffn_gate.weight", [width, 64])
        tensors.add("\(block).ffn_up.weight", [width, 64])
        tensors.add("\(block).ffn_down.weight", [64, width])
      } else {
        tensors.addSharedExperts(layer)
      }
    }
  }

  /// Adds queries, keys, values and gates in one tensor, as early files have them, and β and α in another.
  @Sendable private static func addInputsJoined(_ layer: Int, _ tensors: inout RandomTensors) {
    tensors.add("blk.\(layer).ssm_in.weight", [width, 768])
    tensors.add("blk.\(layer).ssm_ba.weight", [width, 8])
  }

  /// Adds queries, keys and values, gates, β and α, in a tensor each.
  @Sendable private static func addInputsApart(_ layer: Int, _ tensors: inout RandomTensors) {
    tensors.add("blk.\(layer).attn_qkv.weight", [width, 512])
    tensors.add("blk.\(layer).attn_gate.weight", [width, 256])
    tensors.add("blk.\(layer).ssm_beta.weight", [width, 4])
    tensors.add("blk.\(layer).ssm_alpha.weight", [width, 4])
  }

  private static func expertKeys(_ architecture: String, used: UInt32 = 2) -> [GGUFFixture.Key] {
    [
      .uint32("\(architecture).expert_count", 4),
      .uint32("\(architecture).expert_used_count", used),
      .uint32("\(architecture).expert_feed_forward_length", 32),
      .uint32("\(architecture).expert_shared_feed_forward_length", 48),
    ]
  }

  /// The sections of the rotation: pairs that turn by a token's position in time, height, width and a fourth, which is
  /// none here.
  private static func sectionKeys(_ architecture: String) -> [GGUFFixture.Key] {
    var elements: [UInt8] = []
    for pairs in [3, 3, 2, 0] as [UInt32] { elements.put(pairs) }
    return [.array("\(architecture).rope.dimension_sections", of: 5, count: 4, elements)]
  }
}

extension RandomTensors {
  /// Adds four experts, their router, and one that all tokens share, with its gate.
  fileprivate mutating func addSharedExperts(_ layer: Int) {
    let (block, width) = ("blk.\(layer)", TestNetwork.width)
    add("\(block).ffn_gate_inp.weight", [width, 4])
    add("\(block).ffn_gate_exps.weight", [width, 32, 4])
    add("\(block).ffn_up_exps.weight", [width, 32, 4])
    add("\(block).ffn_down_exps.weight", [32, width, 4])
    add("\(block).ffn_gate_inp_shexp.weight", [width])
    add("\(block).ffn_gate_shexp.weight", [width, 48])
    add("\(block).ffn_up_shexp.weight", [width, 48])
    add("\(block).ffn_down_shexp.weight", [48, width])
  }
}
