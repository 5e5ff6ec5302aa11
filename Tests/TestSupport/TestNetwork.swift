/// A small network of random weights, the same on every machine: enough of everything that its
/// architecture has for a wrong sign or order to show in the logits.
package struct TestNetwork: Sendable, CustomStringConvertible {
  package var name: String
  /// The network that has the same logits; nil for its own.
  package var reference: String?
  package var architecture: String
  package var layers = 2
  package var heads = 4
  package var keyHeads = 2
  /// Heads of keys and values of each layer, where they differ.
  package var keyHeadsByLayer: [Int]?
  package var headWidth = 16
  /// Features of a head that are turned; nil where all are.
  package var turnedWidth: Int?
  package var hidden = 64
  package var experts = 0
  /// Hidden features of the expert that all tokens share; 0 without.
  package var sharedHidden = 0
  /// Biases of experts that count for their choice alone.
  package var hasSelectionBias = false
  /// Biases of queries, keys and values.
  package var hasBiases = false
  package var hasHeadNorms = false
  package var hasPostNorms = false
  /// A bias of the norm in front of the output head.
  package var hasNormBiases = false
  package var isFused = false
  package var isTied = false
  /// Tensors of rotation factors, one for each pair.
  package var rotationFactors: [String] = []
  package var keys: [GGUFFixture.Key] = []
  /// Writes the tensors of a layer, where they are others than the fields above say.
  package var writeLayer: (@Sendable (_ layer: Int, _ tensors: inout RandomTensors) -> Void)?

  package static let width = 64
  package static let vocabulary = 40
  /// What the reference logits are of.
  package static let tokens: [Int32] = (0..<24).map {
    Int32(($0 * $0 * 7 + 3 * $0 + 11) % vocabulary)
  }

  package var description: String { name }

  package static let all =
    transformers + llama4 + sinks + gemma4 + fullWidthNorms + mixtures + drafting + delta + rows
    + latent

  /// Plain attention and gated networks, which the fields describe.
  private static let transformers = [
    TestNetwork(
      name: "llama", architecture: "llama", rotationFactors: ["rope_freqs"],
      keys: [.float32("llama.rope.freq_base", 500)]),
    TestNetwork(
      name: "llama-linear", architecture: "llama", keyHeads: 4, hasBiases: true, isTied: true,
      keys: [
        .string("llama.rope.scaling.type", "linear"), .float32("llama.rope.scaling.factor", 4),
      ]),
    TestNetwork(
      name: "llama-yarn", architecture: "llama", keyHeads: 1,
      keys: [
        .string("llama.rope.scaling.type", "yarn"), .float32("llama.rope.scaling.factor", 8),
        .uint32("llama.rope.scaling.original_context_length", 64),
        .float32("llama.rope.freq_base", 100),
      ]),
    TestNetwork(
      name: "llama-experts", architecture: "llama", experts: 4,
      keys: [.uint32("llama.expert_count", 4), .uint32("llama.expert_used_count", 2)]),
    TestNetwork(name: "qwen2", architecture: "qwen2", hasBiases: true, isTied: true),
    TestNetwork(
      name: "qwen3", architecture: "qwen3", headWidth: 32, hasHeadNorms: true,
      keys: [
        .uint32("qwen3.attention.key_length", 32), .uint32("qwen3.attention.value_length", 32),
      ]),
    TestNetwork(
      name: "qwen3moe", architecture: "qwen3moe", hidden: 32, experts: 8, hasHeadNorms: true,
      keys: [
        .uint32("qwen3moe.expert_count", 8), .uint32("qwen3moe.expert_used_count", 3),
        .uint32("qwen3moe.expert_feed_forward_length", 32),
      ]),
    TestNetwork(
      name: "phi3", architecture: "phi3", isFused: true,
      rotationFactors: ["rope_factors_short", "rope_factors_long"],
      keys: [
        .uint32("phi3.attention.sliding_window", 10),
        .uint32("phi3.rope.scaling.original_context_length", 16),
        .float32("phi3.rope.scaling.attn_factor", 1.19),
      ]),
    // Fewer layers would have no name in the reference program.
    TestNetwork(
      name: "gemma2", architecture: "gemma2", layers: 26, hasPostNorms: true, isTied: true,
      keys: [
        .uint32("gemma2.attention.sliding_window", 8),
        .uint32("gemma2.attention.key_length", 16), .uint32("gemma2.attention.value_length", 16),
        .float32("gemma2.attn_logit_softcapping", 2),
        .float32("gemma2.final_logit_softcapping", 3),
      ]),
    TestNetwork(
      name: "gemma3", architecture: "gemma3", layers: 7, hasHeadNorms: true, hasPostNorms: true,
      isTied: true,
      keys: [
        .uint32("gemma3.attention.sliding_window", 8),
        .uint32("gemma3.attention.key_length", 16), .uint32("gemma3.attention.value_length", 16),
        .float32("gemma3.rope.freq_base", 1000),
        .string("gemma3.rope.scaling.type", "linear"), .float32("gemma3.rope.scaling.factor", 8),
      ]),
  ]

  /// Networks of what rows of architectures, keys and tensors can say beyond those, which no program
  /// knows: without reference logits.
  package static let imagined = [
    TestNetwork(
      name: "grouped", architecture: "grouped", hidden: 32, experts: 8, sharedHidden: 48,
      hasSelectionBias: true,
      keys: [.uint32("grouped.expert_count", 8), .uint32("grouped.expert_used_count", 3)]),
    TestNetwork(
      name: "softmax", architecture: "softmax", hidden: 32, experts: 8,
      keys: [.uint32("softmax.expert_count", 8), .uint32("softmax.expert_used_count", 3)]),
    TestNetwork(name: "uneven", architecture: "llama", keyHeadsByLayer: [1, 4]),
    deltaWithoutExperts,
    chunked,
  ]

  /// The model as a file, all weights in `f32`.
  package var fixture: GGUFFixture {
    let sizes: [(String, Int)] = [
      ("block_count", layers), ("context_length", 128), ("embedding_length", Self.width),
      ("feed_forward_length", hidden), ("attention.head_count", heads),
      ("rope.dimension_count", turnedWidth ?? headWidth),
      ("vocab_size", Self.vocabulary),
    ]
    return GGUFFixture(
      keys: [
        .string("general.architecture", architecture),
        .string("tokenizer.ggml.model", "no_vocab"),
        .float32("\(architecture).attention.layer_norm_rms_epsilon", 1e-5),
        keyHeadCount,
      ] + sizes.map { .uint32("\(architecture).\($0)", UInt32($1)) } + keys,
      tensors: tensors)
  }

  private var keyHeadCount: GGUFFixture.Key {
    let name = "\(architecture).attention.head_count_kv"
    guard let keyHeadsByLayer else { return .uint32(name, UInt32(keyHeads)) }
    var elements: [UInt8] = []
    for heads in keyHeadsByLayer { elements.put(UInt32(heads)) }
    return .array(name, of: 4, count: UInt64(keyHeadsByLayer.count), elements)
  }

  private var tensors: [GGUFFixture.Tensor] {
    var tensors = RandomTensors(seed: 5)
    // A tied table makes logits, too, which must leave every token a chance.
    tensors.add("token_embd.weight", [Self.width, Self.vocabulary], spread: isTied ? 0.2 : 1)
    if !isTied { tensors.add("output.weight", [Self.width, Self.vocabulary]) }
    tensors.addNorm("output_norm", hasBias: hasNormBiases)
    for name in rotationFactors {
      tensors.add("\(name).weight", [headWidth / 2], around: 1.5, spread: 0.5)
    }
    for layer in 0..<layers {
      if let writeLayer { writeLayer(layer, &tensors) } else { write(layer, &tensors) }
    }
    return tensors.all
  }

  private func write(_ layer: Int, _ tensors: inout RandomTensors) {
    let block = "blk.\(layer)"
    let queries = heads * headWidth
    let keys = (keyHeadsByLayer?[layer] ?? keyHeads) * headWidth
    tensors.addNorm("\(block).attn_norm")
    let projections =
      isFused ? [("qkv", queries + 2 * keys)] : [("q", queries), ("k", keys), ("v", keys)]
    for (name, outputs) in projections {
      tensors.add("\(block).attn_\(name).weight", [Self.width, outputs])
      if hasBiases { tensors.add("\(block).attn_\(name).bias", [outputs], spread: 0.5) }
    }
    if hasHeadNorms {
      tensors.addNorm("\(block).attn_q_norm", headWidth)
      tensors.addNorm("\(block).attn_k_norm", headWidth)
    }
    tensors.add("\(block).attn_output.weight", [queries, Self.width])
    if hasPostNorms { tensors.addNorm("\(block).post_attention_norm") }
    tensors.addNorm("\(block).ffn_norm")
    if experts > 0 {
      tensors.add("\(block).ffn_gate_inp.weight", [Self.width, experts])
      tensors.add("\(block).ffn_gate_exps.weight", [Self.width, hidden, experts])
      tensors.add("\(block).ffn_up_exps.weight", [Self.width, hidden, experts])
      tensors.add("\(block).ffn_down_exps.weight", [hidden, Self.width, experts])
      if hasSelectionBias { tensors.add("\(block).exp_probs_b.bias", [experts], spread: 0.35) }
      if sharedHidden > 0 {
        tensors.add("\(block).ffn_gate_shexp.weight", [Self.width, sharedHidden])
        tensors.add("\(block).ffn_up_shexp.weight", [Self.width, sharedHidden])
        tensors.add("\(block).ffn_down_shexp.weight", [sharedHidden, Self.width])
      }
    } else if isFused {
      tensors.add("\(block).ffn_up.weight", [Self.width, 2 * hidden])
      tensors.add("\(block).ffn_down.weight", [hidden, Self.width])
    } else {
      tensors.add("\(block).ffn_gate.weight", [Self.width, hidden])
      tensors.add("\(block).ffn_up.weight", [Self.width, hidden])
      tensors.add("\(block).ffn_down.weight", [hidden, Self.width])
    }
    if hasPostNorms { tensors.addNorm("\(block).post_ffw_norm") }
  }
}
