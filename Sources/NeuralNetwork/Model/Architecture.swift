/// What the layers of one architecture do differently from the others.
///
/// All are the same network: in every layer a mixer and a feed-forward, each behind a norm and added to its
/// input. Biases, norms of queries and keys, norms behind a layer, gates, fused weights and experts are used
/// where a model has tensors for them; what tensors do not say is here.
package struct Architecture: Sendable {
  /// What `general.architecture` says, and the keys of a model begin with.
  package let name: String
  /// Which features a rotary embedding turns together.
  let pairing: RotaryEmbedding.Pairing
  /// The mixers of the first layers; the layers after them repeat these in turn.
  let mixers: [MixerRule]
  /// Which layers have which of the mixers.
  let pattern: MixerPattern
  /// What norms do.
  let norm: NormRule
  /// What the norms around the halves of a block are called.
  let norms: BlockNorms
  /// How the halves of a block follow each other; nil where the key `use_parallel_residual` says.
  let order: BlockOrder?
  /// The activation of a feed-forward, or of its gates.
  let activation: Activation
  /// What embeddings are multiplied by.
  let embeddingScale: ScaleRule
  /// What the output of each half of a block is multiplied by before it is added to the input.
  let residualScale: ScaleRule
  /// What logits are multiplied by.
  let logitScale: ScaleRule
  /// Whether logits are bounded.
  let capsLogits: Bool
  /// How tokens are sent to experts, in layers that have any, as far as the model's keys do not say.
  let routing: RoutingPolicy

  package init(
    name: String, pairing: RotaryEmbedding.Pairing,
    mixers: [MixerRule] = [.attention(AttentionRule())], pattern: MixerPattern = .inTurn,
    norm: NormRule = .rootMeanSquare, norms: BlockNorms = .usual,
    order: BlockOrder? = .sequential, activation: Activation = .silu,
    embeddingScale: ScaleRule = .none, residualScale: ScaleRule = .none,
    logitScale: ScaleRule = .none, capsLogits: Bool = false,
    routing: RoutingPolicy = RoutingPolicy()
  ) {
    self.name = name
    self.pairing = pairing
    self.mixers = mixers
    self.pattern = pattern
    self.norm = norm
    self.norms = norms
    self.order = order
    self.activation = activation
    self.embeddingScale = embeddingScale
    self.residualScale = residualScale
    self.logitScale = logitScale
    self.capsLogits = capsLogits
    self.routing = routing
  }

  /// The mixers of as many layers.
  func mixers(
    ofLayers layers: Int, _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> [MixerRule] {
    switch pattern {
    case .inTurn:
      break
    case .inTurnIfWindowed:
      if keys.isZero("attention.sliding_window") {
        return Array(repeating: mixers[0], count: layers)
      }
    case .interval:
      // The distance of layers with the last of the mixers; all others have the first.
      let interval = try keys.count("full_attention_interval", default: mixers.count)
      return (1...layers).map { mixers[$0 % interval == 0 ? mixers.count - 1 : 0] }
    case .stated:
      return try keys.truths("attention.sliding_window_pattern", layers: layers)
        .map { mixers[$0 ? 0 : 1] }
    }
    return (0..<layers).map { mixers[$0 % mixers.count] }
  }

  /// The mixer of a layer that drafts: in models whose layers take turns, the last of a turn, which sees everything.
  var draftMixer: MixerRule { mixers[mixers.count - 1] }
}

/// Which layers of a model have which of its architecture's mixers.
package enum MixerPattern: Sendable {
  /// They take turns.
  case inTurn
  /// They take turns, unless the model says by a window of 0 that all layers have the first.
  case inTurnIfWindowed
  /// The layers at every `full_attention_interval`, by default as many as there are mixers, have the last, and all
  /// others the first.
  case interval
  /// `attention.sliding_window_pattern` says which have the first of two, that with a window, and which the second.
  case stated
}

/// The mixer of a layer: its kind, and what tensors do not say of it.
package enum MixerRule: Sendable {
  case attention(AttentionRule)
  case gatedDeltaNet
  /// Attention whose keys and values come from latents (see `LatentAttention`).
  case latentAttention
}

/// How the attention of a layer works.
package struct AttentionRule: Sendable {
  /// Whether scores are bounded.
  var capsScores = false
  /// What scores are multiplied by.
  var scoreScale = ScoreScale.byHeadWidth
  /// How far a token looks back.
  var reach = Reach.everything
  /// Whether each head's output is gated.
  var gatesOutput = false
  /// How positions turn features where a window is.
  var windowRotation = WindowRotation.stated
  /// Where the norms of queries and keys stand, in models that have them.
  var headNormPlace = HeadNorms.Place.beforeRotation
  /// Whether heads of queries and keys are normed without weights.
  var plainHeadNorms = PlainHeadNorms.none
  /// Whether heads are turned by positions.
  var rotates = true
  /// Whether attention gets sharper with the position.
  var temperature = Temperature.none
  /// Whether the layers with a window have heads of a size and a rotation of their own, by keys whose names end with
  /// `_swa`.
  var hasOwnHeads = false
  /// Whether heads of values are normed, without weights.
  var normsValues = false
  /// Whether keys are the values too where a layer has no weights for values.
  var keysMayBeValues = false

  /// How positions turn features in a layer with a window.
  enum WindowRotation {
    /// As in the layers without one.
    case stated
    /// Unscaled, on this base or, where it is nil, on that of the layers without a window.
    case unscaled(base: Double?)
  }

  /// A factor of scores.
  enum ScoreScale {
    /// 1 / √(the heads' width).
    case byHeadWidth
    /// 1 / √(width / heads) in the model of so many layers (the 27B of its family); else by the heads' width.
    case byWidth(atLayers: Int)
    /// `attention.scale`, which must be there.
    case stated
    /// 1: scores are the products of queries and keys.
    case none
  }

  /// How far a token looks back.
  enum Reach: Equatable {
    case everything
    /// Through a window of `attention.sliding_window` positions, which must be there.
    case window
    /// Through such a window, or on everything where the key is 0 or missing, as in early files.
    case windowIfAny
    /// On its own of the chunks of that many positions, or on everything where `attention.sliding_window` is 0.
    case chunk(Int)
  }

  /// Norms of queries and keys that have no weights.
  enum PlainHeadNorms {
    case none
    /// All models have them but those with so many experts.
    case unlessExperts(Int)
  }

  /// How attention gets sharper with the position.
  enum Temperature {
    case none
    /// By `attention.temperature_scale` for every `rope.scaling.original_context_length` positions, where a model has
    /// the former.
    case stated
    case constant(AttentionTemperature)
  }

  /// A look at everything, with the constants that the model's keys state.
  package init() {}

  /// The rule with a window.
  func windowed(
    _ reach: Reach = .window, rotation: WindowRotation = .stated
  ) -> AttentionRule {
    var rule = self
    rule.reach = reach
    rule.windowRotation = rotation
    return rule
  }

  /// The rule with queries and keys normed as they are when turned.
  func normingTurnedHeads() -> AttentionRule {
    var rule = self
    rule.headNormPlace = .behindRotation
    return rule
  }

  /// The rule with a window, and heads of a size and a rotation of their own.
  func windowedWithOwnHeads() -> AttentionRule {
    var rule = windowed(rotation: .unscaled(base: nil))
    rule.hasOwnHeads = true
    return rule
  }

  /// The rule with normed values, which may be those of the keys, and plain products as scores.
  func normingValues() -> AttentionRule {
    var rule = self
    rule.scoreScale = .none
    rule.normsValues = true
    rule.keysMayBeValues = true
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

  /// The rule with scores of another scale.
  func scoring(_ scale: ScoreScale) -> AttentionRule {
    var rule = self
    rule.scoreScale = scale
    return rule
  }

  /// The rule for layers that do not know positions.
  func unrotated() -> AttentionRule {
    var rule = self
    rule.rotates = false
    return rule
  }

  /// The rule with attention that gets sharper with the position.
  func sharpening(_ temperature: Temperature) -> AttentionRule {
    var rule = self
    rule.temperature = temperature
    return rule
  }

  /// The rule with queries and keys normed without weights, as they are when turned.
  func normingTurnedHeadsPlainly(_ norms: PlainHeadNorms) -> AttentionRule {
    var rule = normingTurnedHeads()
    rule.plainHeadNorms = norms
    return rule
  }
}
