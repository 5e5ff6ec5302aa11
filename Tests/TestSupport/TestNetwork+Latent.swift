extension TestNetwork {
  /// Networks with latent attention.
  static let latent: [TestNetwork] = [
    // Straight queries: the reference program expects them in models of 26 and of 27 layers alone.
    LatentNetwork(
      name: "latent-straight", layers: 26, denseLayers: 26, compressesQueries: false, yarnFactor: 8
    ).network,
    LatentNetwork(name: "latent-whole", yarnFactor: 8).network,
    LatentNetwork(name: "latent-copies", tensors: .both).network,
    LatentNetwork(name: "latent-absorbed", tensors: .absorbed, yarnFactor: 8).network,
    LatentNetwork(name: "latent-sigmoid", tensors: .absorbed, isSigmoid: true).network,
  ]
}

/// What networks with latent attention differ in. The first layers are dense; the others have experts and a shared
/// one.
private struct LatentNetwork {
  /// Where the weights from latents to keys and values are.
  enum Tensors {
    case whole
    /// In slices, a head each.
    case absorbed
    /// Both, the slices one below the other in two dimensions.
    case both
  }

  let name: String
  var layers = 2
  /// How many of the first layers have no experts.
  var denseLayers = 1
  var tensors = Tensors.whole
  var compressesQueries = true
  /// YaRN's factor; nil without.
  var yarnFactor: Float?
  /// Whether experts are scored as in DeepSeek-V3: by the sigmoid, with a bias for the choice, normalised and scaled.
  var isSigmoid = false

  static let heads = 4
  static let rank = 32
  static let queryRank = 32
  static let plain = 16
  static let rotary = 16
  static let value = 16

  var network: TestNetwork {
    TestNetwork(
      name: name, architecture: "deepseek2", layers: layers, heads: Self.heads,
      keyHeads: Self.heads, headWidth: Self.rotary, keys: keys,
      writeLayer: { write($0, &$1) })
  }

  private var keys: [GGUFFixture.Key] {
    var keys = sizes.map { GGUFFixture.Key.uint32("deepseek2.\($0)", UInt32($1)) }
    keys.append(.float32("deepseek2.expert_weights_scale", isSigmoid ? 2.5 : 1))
    if isSigmoid {
      keys.append(.uint32("deepseek2.expert_gating_func", 2))
      keys.append(.bool("deepseek2.expert_weights_norm", true))
    }
    if let yarnFactor {
      keys += [
        .string("deepseek2.rope.scaling.type", "yarn"),
        .float32("deepseek2.rope.scaling.factor", yarnFactor),
        .uint32("deepseek2.rope.scaling.original_context_length", 64),
        .float32("deepseek2.rope.scaling.yarn_log_multiplier", 0.0707),
        .float32("deepseek2.rope.freq_base", 100),
      ]
    }
    return keys
  }

  private var sizes: [(String, Int)] {
    (compressesQueries ? [("attention.q_lora_rank", Self.queryRank)] : []) + [
      ("attention.key_length", Self.plain + Self.rotary), ("attention.value_length", Self.value),
      ("attention.kv_lora_rank", Self.rank), ("leading_dense_block_count", denseLayers),
      ("expert_count", 8), ("expert_used_count", 3), ("expert_shared_count", 1),
      ("expert_feed_forward_length", 32),
    ]
  }

  /// How far the last weights of a branch lie from 0. What the reference program rounds must not add up over many
  /// layers.
  private var lastSpread: Float? { layers > 2 ? 0.04 : nil }

  private func write(_ layer: Int, _ tensors: inout RandomTensors) {
    let block = "blk.\(layer)"
    let (width, heads) = (TestNetwork.width, Self.heads)
    let queries = heads * (Self.plain + Self.rotary)
    tensors.addNorm("\(block).attn_norm")
    if compressesQueries {
      tensors.add("\(block).attn_q_a.weight", [width, Self.queryRank])
      tensors.addNorm("\(block).attn_q_a_norm", Self.queryRank)
      tensors.add("\(block).attn_q_b.weight", [Self.queryRank, queries])
    } else {
      tensors.add("\(block).attn_q.weight", [width, queries])
    }
    tensors.add("\(block).attn_kv_a_mqa.weight", [width, Self.rank + Self.rotary])
    tensors.addNorm("\(block).attn_kv_a_norm", Self.rank)
    writeExpansion(block, &tensors)
    tensors.add("\(block).attn_output.weight", [heads * Self.value, width], spread: lastSpread)
    tensors.addNorm("\(block).ffn_norm")
    if layer < denseLayers {
      tensors.addGated(layer, hidden: 64, lastSpread: lastSpread)
    } else {
      tensors.addExperts(layer, shared: 32, hasSelectionBias: isSigmoid)
    }
  }

  private func writeExpansion(_ block: String, _ tensors: inout RandomTensors) {
    let (heads, plain, value, rank) = (Self.heads, Self.plain, Self.value, Self.rank)
    switch self.tensors {
    case .whole:
      tensors.add("\(block).attn_kv_b.weight", [rank, heads * (plain + value)])
    case .absorbed:
      tensors.add("\(block).attn_k_b.weight", [plain, rank, heads], spread: 0.42)
      tensors.add("\(block).attn_v_b.weight", [rank, value, heads])
    case .both:
      tensors.add("\(block).attn_kv_b.weight", [rank, heads * (plain + value)])
      tensors.splitHeads(block, heads: heads, plain: plain, value: value)
    }
  }
}

extension RandomTensors {
  /// Adds the weights of the last tensor, `attn_kv_b`, as `attn_k_b`, each head transposed, and `attn_v_b`.
  fileprivate mutating func splitHeads(_ block: String, heads: Int, plain: Int, value: Int) {
    let whole = all[all.count - 1]
    let rank = Int(whole.dimensions[0])
    func weight(_ row: Int, _ column: Int) -> [UInt8] {
      let start = 4 * (row * rank + column)
      return Array(whole.data[start..<start + 4])
    }
    var (keys, values): ([UInt8], [UInt8]) = ([], [])
    for head in 0..<heads {
      let first = head * (plain + value)
      for column in 0..<rank {
        for row in first..<first + plain { keys += weight(row, column) }
      }
      for row in first + plain..<first + plain + value {
        for column in 0..<rank { values += weight(row, column) }
      }
    }
    for (name, shape, data) in [
      ("attn_k_b", [plain, rank * heads], keys), ("attn_v_b", [rank, value * heads], values),
    ] {
      add(
        GGUFFixture.Tensor(
          "\(block).\(name).weight", shape.map(Int64.init), type: 0, data: data))
    }
  }
}
