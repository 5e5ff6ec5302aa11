import GGUF

/// The sizes and constants of one model, from its metadata.
struct Hyperparameters: Sendable {
  let architecture: Architecture
  /// Features of a token between layers.
  let width: Int
  /// How the halves of a block follow each other.
  let order: BlockOrder
  /// What embeddings are multiplied by.
  let embeddingScale: Float
  /// What the output of each half of a block is multiplied by.
  let residualScale: Float
  /// What logits are multiplied by, before they are bounded.
  let logitScale: Float
  /// What is added to the mean of squares that a norm takes the root of.
  let epsilon: Float
  /// The bound of logits, where they have one.
  let logitCap: Float?
  /// The angles of rotary embeddings, in layers that have none of their own.
  let rotation: RotaryEmbedding.Constants
  /// The constants of each layer of the model itself.
  let layers: [LayerParameters]
  /// Those of the layer behind them that drafts, in models that have one.
  let draft: LayerParameters?

  /// Reads the keys of a model.
  ///
  /// - Parameter architectures: those that are known.
  init(
    _ model: ModelFile, architectures: [Architecture]
  ) throws(NetworkError.Problem) {
    let name = model.metadata["general.architecture"]?.string
    guard let architecture = architectures.first(where: { $0.name == name }) else {
      throw .architecture(name)
    }
    let keys = ArchitectureKeys(model.metadata, prefix: architecture.name)
    self.architecture = architecture
    let count = try keys.count("block_count")
    // Each layer has tensors. Without this look, a number alone could ask for any amount of memory.
    guard count <= model.tensors.count else {
      throw keys.unknown("block_count", "\(count)")
    }
    width = try keys.count("embedding_length")
    order =
      if let order = architecture.order {
        order
      } else {
        try keys.flag("use_parallel_residual") ? .parallel : .sequential
      }
    embeddingScale = try architecture.embeddingScale.value(keys, width: width)
    residualScale = try architecture.residualScale.value(keys, width: width)
    logitScale = try architecture.logitScale.value(keys, width: width)
    let attention = try AttentionKeys(
      keys, layers: count, width: width, pairing: architecture.pairing)
    rotation = attention.rotation
    epsilon = Float(try keys.number(architecture.norm.epsilonKey))
    let usedExperts =
      try keys.number("expert_count", default: 0) > 0 ? keys.count("expert_used_count") : 0
    let routing = try architecture.routing.adapted(to: keys)
    let own = try Self.ownLayers(of: count, keys)
    let interval =
      architecture.isHybrid
      ? try keys.count("full_attention_interval", default: architecture.mixers.count) : nil
    var layers: [LayerParameters] = []
    for layer in 0..<count {
      let rule =
        layer < own
        ? architecture.mixer(ofLayer: layer, interval: interval) : architecture.draftMixer
      let mixer: MixerParameters =
        switch rule {
        case .attention(let rule):
          .attention(try attention.parameters(ofLayer: layer, rule, keys))
        case .gatedDeltaNet:
          .gatedDeltaNet(try GatedDeltaParameters(keys))
        case .latentAttention:
          .latentAttention(
            try LatentParameters(
              keys, heads: attention.heads[layer], pairing: architecture.pairing))
        }
      layers.append(
        LayerParameters(
          mixer: mixer,
          feedForward: FeedForwardParameters(
            activation: architecture.activation, routing: routing,
            usedExperts: usedExperts)))
    }
    self.layers = Array(layers[..<own])
    draft = model.hasTensors(ofLayer: own) ? layers.dropFirst(own).first : nil
    logitCap = architecture.capsLogits ? try keys.cap("final_logit_softcapping") : nil
    try UnreadKeys(keys, besides: self).check()
  }

  /// The constants of all layers that a model has tensors for.
  var allLayers: [LayerParameters] { layers + (draft.map { [$0] } ?? []) }

  /// How many of a model's layers are its own: all but the one that drafts. Files may count that one and leave out its
  /// tensors.
  ///
  /// Several layers that draft, one behind the other, are refused: no architecture that is known has them.
  private static func ownLayers(
    of count: Int, _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> Int {
    let name = "nextn_predict_layers"
    let drafting = Int(try keys.number(name, default: 0))
    guard 0...1 ~= drafting, drafting < count else { throw keys.unknown(name, "\(drafting)") }
    return count - drafting
  }
}

extension ModelFile {
  /// Whether there is any tensor of a layer, from 0.
  fileprivate func hasTensors(ofLayer layer: Int) -> Bool {
    tensors.contains { $0.name.hasPrefix("blk.\(layer).") }
  }
}

/// The constants of one layer; sizes that its tensors have are theirs to say.
struct LayerParameters: Sendable {
  let mixer: MixerParameters
  let feedForward: FeedForwardParameters
}

/// The kind and the constants of a layer's mixer.
enum MixerParameters: Sendable {
  case attention(AttentionParameters)
  case gatedDeltaNet(GatedDeltaParameters)
  case latentAttention(LatentParameters)

  /// The angles of the layer's rotary embedding; nil in layers that have none.
  var rotation: RotaryEmbedding.Constants? {
    switch self {
    case .attention(let attention): attention.rotation
    case .gatedDeltaNet: nil
    case .latentAttention(let attention): attention.rotation
    }
  }

  /// The factor of scores; nil in layers that have none.
  var scoreScale: Float? {
    switch self {
    case .attention(let attention): attention.scoreScale
    case .gatedDeltaNet: nil
    case .latentAttention(let attention): attention.scoreScale
    }
  }

  /// Positions that a token looks back on, its own among them; nil for all.
  var window: Int? {
    switch self {
    case .attention(let attention): attention.window
    case .gatedDeltaNet, .latentAttention: nil
    }
  }
}

/// The sizes and constants of a layer's attention.
struct AttentionParameters: Sendable {
  let heads: Int
  /// Heads of keys and values, each shared by `heads / keyHeads` heads of queries.
  let keyHeads: Int
  /// Features of a head.
  let headWidth: Int
  /// The factor of scores.
  let scoreScale: Float
  /// The bound of scores, where they have one: cap × tanh(score / cap).
  let scoreCap: Float?
  /// Positions that a token looks back on, its own among them; nil for all.
  let window: Int?
  /// Where the norms of queries and keys stand, in models that have them.
  let headNormPlace: HeadNorms.Place
  /// Whether each head's output is gated.
  let gatesOutput: Bool
  /// nil in layers that do not know positions.
  let rotation: RotaryEmbedding.Constants?
  /// nil where attention is equally sharp everywhere.
  let temperature: AttentionTemperature?
}

/// The constants of a layer's feed-forward.
struct FeedForwardParameters: Sendable {
  let activation: Activation
  let routing: RoutingPolicy
  /// How many of the experts a token is sent to; 0 without experts.
  let usedExperts: Int
}

/// The keys of a model that say how its layers attend.
private struct AttentionKeys {
  let width: Int
  /// One number for each layer.
  let heads: [Int]
  let keyHeads: [Int]
  let headWidth: Int
  private let valueWidth: Int
  let rotation: RotaryEmbedding.Constants

  init(
    _ keys: ArchitectureKeys, layers: Int, width: Int, pairing: RotaryEmbedding.Pairing
  ) throws(NetworkError.Problem) {
    self.width = width
    let heads = try keys.counts("attention.head_count", layers: layers)
    self.heads = heads
    keyHeads = try keys.counts("attention.head_count_kv", layers: layers, default: heads)
    for (heads, keyHeads) in zip(heads, keyHeads) where heads % keyHeads != 0 {
      throw keys.unknown("attention.head_count_kv", "\(keyHeads)")
    }
    headWidth = try keys.count("attention.key_length", default: width / heads[0])
    valueWidth = try keys.count("attention.value_length", default: width / heads[0])
    rotation = try RotaryEmbedding.Constants(keys, pairing: pairing, headWidth: headWidth)
  }

  func parameters(
    ofLayer layer: Int, _ rule: AttentionRule, _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> AttentionParameters {
    guard valueWidth == headWidth else {
      throw keys.unknown("attention.value_length", "\(valueWidth)")
    }
    let window = try window(rule.window, keys)
    return AttentionParameters(
      heads: heads[layer], keyHeads: keyHeads[layer], headWidth: headWidth,
      scoreScale: try scoreScale(rule.scoreScale, layer, keys),
      scoreCap: rule.capsScores ? try keys.cap("attn_logit_softcapping") : nil,
      window: window, headNormPlace: rule.headNormPlace, gatesOutput: rule.gatesOutput,
      rotation: rule.rotates ? rotation(rule.windowRotation, isWindowed: window != nil) : nil,
      temperature: rule.hasTemperature ? try temperature(keys) : nil)
  }

  private func rotation(
    _ rotation: AttentionRule.WindowRotation, isWindowed: Bool
  ) -> RotaryEmbedding.Constants {
    switch rotation {
    case .unscaled(let base) where isWindowed: self.rotation.unscaled(base: base)
    case .stated, .unscaled: self.rotation
    }
  }

  private func scoreScale(
    _ scale: AttentionRule.ScoreScale, _ layer: Int, _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> Float {
    switch scale {
    case .byWidth(let layers) where layers == heads.count:
      1 / Float(width / heads[layer]).squareRoot()
    case .byHeadWidth, .byWidth: 1 / Float(headWidth).squareRoot()
    case .stated: try keys.factor("attention.scale")
    }
  }

  private func temperature(
    _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> AttentionTemperature? {
    let scale = try keys.number("attention.temperature_scale", default: 0)
    return scale > 0 ? AttentionTemperature(scale: scale, length: rotation.trainedLength) : nil
  }

  private func window(
    _ window: AttentionRule.Window, _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> Int? {
    switch window {
    case .none: return nil
    case .stated: return try keys.count("attention.sliding_window")
    case .statedOrNone:
      let length = try keys.number("attention.sliding_window", default: 0)
      return length > 0 ? Int(length) : nil
    }
  }
}
