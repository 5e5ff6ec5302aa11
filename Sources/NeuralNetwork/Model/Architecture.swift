/// What the layers of one architecture do differently from the others.
///
/// All are the same network: in every layer a mixer and a feed-forward, each behind a norm and added to its
/// input. Biases, norms of queries and keys, norms behind a layer, fused weights and experts are used
/// where a model has tensors for them; what tensors do not say is here.
package struct Architecture: Sendable {
  /// What `general.architecture` says, and the keys of a model begin with.
  package let name: String
  /// Which features a rotary embedding turns together.
  let pairing: RotaryEmbedding.Pairing
  /// The mixers of the first layers; the layers after them repeat these in turn.
  let mixers: [MixerRule]
  /// The name of the norm in front of the feed-forward.
  let feedForwardNorm: String
  /// The activation of gates.
  let activation: Activation
  /// Whether embeddings are multiplied by the square root of their width.
  let scalesEmbeddings: Bool
  /// Whether logits are bounded.
  let capsLogits: Bool
  /// How tokens are sent to experts, in layers that have any, as far as the model's keys do not say.
  let routing: RoutingPolicy

  package init(
    name: String, pairing: RotaryEmbedding.Pairing,
    mixers: [MixerRule] = [.attention(AttentionRule())], feedForwardNorm: String = "ffn_norm",
    activation: Activation = .silu,
    scalesEmbeddings: Bool = false, capsLogits: Bool = false,
    routing: RoutingPolicy = RoutingPolicy()
  ) {
    self.name = name
    self.pairing = pairing
    self.mixers = mixers
    self.feedForwardNorm = feedForwardNorm
    self.activation = activation
    self.scalesEmbeddings = scalesEmbeddings
    self.capsLogits = capsLogits
    self.routing = routing
  }

  /// The mixer of a layer, from 0.
  ///
  /// - Parameter interval: the distance of layers with the last of the mixers, where a model states it; all others have
  ///   the first.
  func mixer(ofLayer layer: Int, interval: Int?) -> MixerRule {
    guard let interval else { return mixers[layer % mixers.count] }
    return mixers[(layer + 1) % interval == 0 ? mixers.count - 1 : 0]
  }

  /// The mixer of a layer that drafts: in models whose layers take turns, the last of a turn, which sees everything.
  var draftMixer: MixerRule { mixers[mixers.count - 1] }

  /// Whether some layers have a state in place of keys of all tokens, so that a model states the interval of the others.
  var isHybrid: Bool {
    mixers.contains { if case .gatedDeltaNet = $0 { true } else { false } }
  }
}

/// The mixer of a layer: its kind, and what tensors do not say of it.
package enum MixerRule: Sendable {
  case attention(AttentionRule)
  case gatedDeltaNet
}

/// How the attention of a layer works.
package struct AttentionRule: Sendable {
  /// Whether scores are bounded.
  var capsScores = false
  /// The number of layers of the one model (the 27B of its family) whose scores are divided by the
  /// square root of width / heads instead of the heads' width.
  var scoresByWidthAt: Int?
  /// Whether a token looks back no further than `attention.sliding_window`.
  var window = Window.none
  /// Whether each head's output is gated.
  var gatesOutput = false
  /// How positions turn features where a window is.
  var windowRotation = WindowRotation.stated
  /// Where the norms of queries and keys stand, in models that have them.
  var headNormPlace = HeadNorms.Place.beforeRotation

  /// How positions turn features in a layer with a window.
  enum WindowRotation {
    /// As in the layers without one.
    case stated
    /// Unscaled, on this base or, where it is nil, on that of the layers without a window.
    case unscaled(base: Double?)
  }

  /// A window that a token looks back through.
  enum Window {
    case none
    /// A window of the length in the model's key, which must be there.
    case stated
    /// A window of the length in the model's key, or none where that is 0 or missing, as in early files.
    case statedOrNone
  }

  /// A look at everything, with the constants that the model's keys state.
  package init() {}

  /// The rule with a window.
  func windowed(
    _ window: Window = .stated, rotation: WindowRotation = .stated
  ) -> AttentionRule {
    var rule = self
    rule.window = window
    rule.windowRotation = rotation
    return rule
  }

  /// The rule with queries and keys normed as they are when turned.
  func normingTurnedHeads() -> AttentionRule {
    var rule = self
    rule.headNormPlace = .behindRotation
    return rule
  }

  /// The rule with bounded scores.
  func capped() -> AttentionRule {
    var rule = self
    rule.capsScores = true
    return rule
  }

  /// The rule with gated outputs.
  func gated() -> AttentionRule {
    var rule = self
    rule.gatesOutput = true
    return rule
  }

  /// The rule with scores by the heads' share of the width, in the model of so many layers.
  func scoringByWidth(at layers: Int) -> AttentionRule {
    var rule = self
    rule.scoresByWidthAt = layers
    return rule
  }
}

extension Architecture {
  /// Every architecture that can be run.
  package static let all = [
    // Llama, Mistral, Mixtral and many more.
    Architecture(name: "llama", pairing: .neighbours),
    Architecture(name: "qwen2", pairing: .halves),
    Architecture(
      name: "qwen2moe", pairing: .halves, routing: RoutingPolicy(.softmax, normalizes: false)),
    Architecture(name: "qwen3", pairing: .halves),
    Architecture(name: "qwen3moe", pairing: .halves),
    Architecture(
      name: "phi3", pairing: .halves,
      mixers: [.attention(AttentionRule().windowed(.statedOrNone))]),
    gemma2,
    gemma3,
    gptOSS,
    glm4moe,
    olmo2,
    Architecture(name: "minimax-m2", pairing: .halves, routing: RoutingPolicy(.sigmoid)),
    Architecture(
      name: "dots1", pairing: .halves, routing: RoutingPolicy(.sigmoid, normalizes: false)),
    Architecture(
      name: "bailingmoe2", pairing: .halves, routing: RoutingPolicy(.sigmoid, normalizes: false)),
    Architecture(name: "ernie4_5", pairing: .neighbours),
    Architecture(name: "ernie4_5-moe", pairing: .neighbours),
    Architecture(
      name: "olmoe", pairing: .halves, routing: RoutingPolicy(.softmax, normalizes: false)),
    Architecture(
      name: "hunyuan-dense", pairing: .halves,
      mixers: [.attention(AttentionRule().normingTurnedHeads())]),
    Architecture(
      name: "hunyuan-moe", pairing: .halves,
      mixers: [.attention(AttentionRule().normingTurnedHeads())]),
    hybrid("qwen3next"), hybrid("qwen35"), hybrid("qwen35moe"),
  ]

  /// Unless a model says otherwise, every fourth layer attends. What is called the norm behind attention stands in front
  /// of the feed-forward. Sections of the rotation, in qwen35, have the same positions where all is text, so it is the
  /// one of halves (ik_llama.cpp 8337e4cd, `src/llama-hparams.cpp` and `src/llama-load-tensors.cpp`).
  private static func hybrid(_ name: String) -> Architecture {
    Architecture(
      name: name, pairing: .halves,
      mixers: Array(repeating: .gatedDeltaNet, count: 3) + [.attention(AttentionRule().gated())],
      feedForwardNorm: "post_attention_norm")
  }

  /// Every second layer sees everything.
  private static let gemma2 = {
    let attention = AttentionRule().capped().scoringByWidth(at: 46)
    return Architecture(
      name: "gemma2", pairing: .halves,
      mixers: [.attention(attention.windowed()), .attention(attention)],
      activation: .gelu, scalesEmbeddings: true, capsLogits: true)
  }()

  /// Every second layer sees everything. What is called the norm behind attention stands in front of the experts
  /// (ik_llama.cpp 8337e4cd, `create_openai_moe_tensors`).
  private static let gptOSS = Architecture(
    name: "gpt-oss", pairing: .halves,
    mixers: [.attention(AttentionRule().windowed()), .attention(AttentionRule())],
    feedForwardNorm: "post_attention_norm", activation: .boundedSwish)

  /// Every sixth layer sees everything.
  private static let gemma3 = {
    let attention = AttentionRule().scoringByWidth(at: 62)
    let windowed = MixerRule.attention(attention.windowed(rotation: .unscaled(base: 10_000)))
    return Architecture(
      name: "gemma3", pairing: .halves,
      mixers: Array(repeating: windowed, count: 5) + [.attention(attention)],
      activation: .gelu, scalesEmbeddings: true)
  }()

  /// In models with a window, OLMo 3, every fourth layer sees everything.
  private static let olmo2 = {
    let attention = AttentionRule()
    let windowed = MixerRule.attention(
      attention.windowed(.statedOrNone, rotation: .unscaled(base: nil)))
    return Architecture(
      name: "olmo2", pairing: .halves,
      mixers: Array(repeating: windowed, count: 3) + [.attention(attention)])
  }()

  /// GLM-4.5, 4.6 and 4.7. What is called the norm behind attention stands in front of the feed-forward
  /// (ik_llama.cpp 8337e4cd, `create_glm4_moe_tensors`).
  private static let glm4moe = Architecture(
    name: "glm4moe", pairing: .halves, feedForwardNorm: "post_attention_norm",
    routing: RoutingPolicy(.sigmoid, normalizes: false))
}
