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
  /// Features that each layer is given of every token beside those of the layer before it; nil without.
  let layerInputWidth: Int?
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
    let own = try Self.ownLayers(of: count, keys)
    let mixers =
      try architecture.mixers(ofLayers: own, keys)
      + Array(repeating: architecture.draftMixer, count: count - own)
    let attention = try AttentionKeys(
      keys, mixers, width: width, pairing: architecture.pairing)
    rotation = attention.shape.rotation
    layerInputWidth =
      try keys.number("embedding_length_per_layer_input", default: 0) > 0
      ? keys.count("embedding_length_per_layer_input") : nil
    epsilon = Float(try keys.number(architecture.norm.epsilonKey))
    let usedExperts =
      try keys.number("expert_count", default: 0) > 0 ? keys.count("expert_used_count") : 0
    let routing = try architecture.routing.adapted(to: keys)
    var layers: [LayerParameters] = []
    for layer in 0..<count {
      let mixer: MixerParameters =
        switch mixers[layer] {
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
            usedExperts: usedExperts),
          // Both factors are at most 2³⁰.
          inputs: layer < own ? layerInputWidth.map { layer * $0..<(layer + 1) * $0 } : nil))
    }
    self.layers = Array(layers[..<own])
    draft = model.hasTensors(ofLayer: own) ? layers.dropFirst(own).first : nil
    logitCap = architecture.capsLogits ? try keys.cap("final_logit_softcapping", default: 30) : nil
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
  /// Where what the layer is given of a token stands among what all layers are; nil where it is given nothing.
  let inputs: Range<Int>?
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

  /// Whether tokens look back on some of those before them only.
  var isBounded: Bool {
    switch self {
    case .attention(let attention): attention.reach != .everything
    case .gatedDeltaNet, .latentAttention: false
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
  /// How far a token looks back.
  let reach: AttentionReach
  /// Where the norms of queries and keys stand, in models that have them.
  let headNormPlace: HeadNorms.Place
  /// Whether each head's output is gated.
  let gatesOutput: Bool
  /// nil in layers that do not know positions.
  let rotation: RotaryEmbedding.Constants?
  /// nil where attention is equally sharp everywhere.
  let temperature: AttentionTemperature?
  /// Whether heads of queries and keys are normed without weights.
  let normsPlainly: Bool
  /// Whether heads of values are normed.
  let normsValues: Bool
  /// Whether keys are the values too where a layer has no weights for values.
  let keysMayBeValues: Bool
  /// The layer before whose keys and values are read; nil where they are the layer's own.
  let keyValueLayer: Int?
  /// The number of the layer where later ones read its keys and values.
  let sharedAs: Int?
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
  /// The heads of layers that have none of their own.
  let shape: HeadShape
  /// The layer whose keys and values each layer reads, its own or one before.
  let keyValueLayers: [Int]

  /// The size of heads and how they are turned.
  struct HeadShape {
    let width: Int
    let rotation: RotaryEmbedding.Constants
    private let valueWidth: Int
    private let valueKey: String

    /// - Parameter suffix: what the names of the keys end with.
    init(
      _ keys: ArchitectureKeys, pairing: RotaryEmbedding.Pairing, standardWidth: Int,
      suffix: String = ""
    ) throws(NetworkError.Problem) {
      width = try keys.count("attention.key_length\(suffix)", default: standardWidth)
      valueKey = "attention.value_length\(suffix)"
      valueWidth = try keys.count(valueKey, default: standardWidth)
      rotation = try RotaryEmbedding.Constants(
        keys, pairing: pairing, headWidth: width, suffix: suffix)
    }

    /// Checks that heads of values are as wide as those of keys.
    func requireOneWidth(_ keys: ArchitectureKeys) throws(NetworkError.Problem) {
      guard valueWidth == width else { throw keys.unknown(valueKey, "\(valueWidth)") }
    }
  }

  init(
    _ keys: ArchitectureKeys, _ mixers: [MixerRule], width: Int,
    pairing: RotaryEmbedding.Pairing
  ) throws(NetworkError.Problem) {
    self.width = width
    let heads = try keys.counts("attention.head_count", layers: mixers.count)
    self.heads = heads
    keyHeads = try keys.counts(
      "attention.head_count_kv", layers: mixers.count, default: heads)
    for (heads, keyHeads) in zip(heads, keyHeads) where heads % keyHeads != 0 {
      throw keys.unknown("attention.head_count_kv", "\(keyHeads)")
    }
    shape = try HeadShape(keys, pairing: pairing, standardWidth: width / heads[0])
    keyValueLayers = try Self.keyValueLayers(keys, mixers)
    for (layer, source) in keyValueLayers.enumerated() where keyHeads[layer] != keyHeads[source] {
      throw keys.unknown("attention.head_count_kv", "\(keyHeads[layer])")
    }
  }

  /// The last layers, as many as the model says, read the keys and values of the last one before them that looks as
  /// far back as they do (`Gemma4TextAttention` of transformers 5).
  private static func keyValueLayers(
    _ keys: ArchitectureKeys, _ mixers: [MixerRule]
  ) throws(NetworkError.Problem) -> [Int] {
    let shared = try keys.number("attention.shared_kv_layers", default: 0)
    let hasWindow: [Bool?] = mixers.map { mixer in
      switch mixer {
      case .attention(let rule): rule.reach != .everything
      case .gatedDeltaNet, .latentAttention: nil
      }
    }
    let first = mixers.count - Int(shared)
    var layers = Array(mixers.indices)
    for layer in mixers.indices.dropFirst(max(0, first)) where hasWindow[layer] != nil {
      guard let source = hasWindow[..<max(0, first)].lastIndex(of: hasWindow[layer]) else {
        throw keys.unknown("attention.shared_kv_layers", "\(Int(shared))")
      }
      layers[layer] = source
    }
    return layers
  }

  func parameters(
    ofLayer layer: Int, _ rule: AttentionRule, _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> AttentionParameters {
    let shape =
      rule.hasOwnHeads
      ? try HeadShape(
        keys, pairing: shape.rotation.pairing, standardWidth: shape.width, suffix: "_swa")
      : shape
    try shape.requireOneWidth(keys)
    let reach = try reach(rule.reach, keys)
    let source = keyValueLayers[layer]
    return AttentionParameters(
      heads: heads[layer], keyHeads: keyHeads[layer], headWidth: shape.width,
      scoreScale: try scoreScale(rule.scoreScale, layer, shape, keys),
      scoreCap: rule.capsScores ? try keys.cap("attn_logit_softcapping") : nil,
      reach: reach, headNormPlace: rule.headNormPlace, gatesOutput: rule.gatesOutput,
      rotation: rule.rotates
        ? rotation(of: shape, rule.windowRotation, isBounded: reach != .everything) : nil,
      temperature: try temperature(rule.temperature, keys),
      normsPlainly: try normsPlainly(rule.plainHeadNorms, keys),
      normsValues: rule.normsValues, keysMayBeValues: rule.keysMayBeValues,
      keyValueLayer: source == layer ? nil : source,
      sharedAs: source == layer && keyValueLayers.lastIndex(of: layer) != layer ? layer : nil)
  }

  private func rotation(
    of shape: HeadShape, _ rotation: AttentionRule.WindowRotation, isBounded: Bool
  ) -> RotaryEmbedding.Constants {
    switch rotation {
    case .unscaled(let base) where isBounded: shape.rotation.unscaled(base: base)
    case .stated, .unscaled: shape.rotation
    }
  }

  private func scoreScale(
    _ scale: AttentionRule.ScoreScale, _ layer: Int, _ shape: HeadShape,
    _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> Float {
    switch scale {
    case .byWidth(let layers) where layers == heads.count:
      1 / Float(width / heads[layer]).squareRoot()
    case .byHeadWidth, .byWidth: 1 / Float(shape.width).squareRoot()
    case .stated: try keys.factor("attention.scale")
    case .none: 1
    }
  }

  private func temperature(
    _ temperature: AttentionRule.Temperature, _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> AttentionTemperature? {
    switch temperature {
    case .none: return nil
    case .constant(let temperature): return temperature
    case .stated:
      let scale = try keys.number("attention.temperature_scale", default: 0)
      return scale > 0
        ? AttentionTemperature(scale: scale, length: shape.rotation.trainedLength) : nil
    }
  }

  private func normsPlainly(
    _ norms: AttentionRule.PlainHeadNorms, _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> Bool {
    switch norms {
    case .none: false
    case .unlessExperts(let count): try Int(keys.number("expert_count", default: 0)) != count
    }
  }

  private func reach(
    _ reach: AttentionRule.Reach, _ keys: ArchitectureKeys
  ) throws(NetworkError.Problem) -> AttentionReach {
    let name = "attention.sliding_window"
    switch reach {
    case .everything: return .everything
    case .window: return .window(try keys.count(name))
    case .windowIfAny: return try keys.countIfAny(name).map { .window($0) } ?? .everything
    case .chunk(let length):
      if keys.isZero(name) { return .everything }
      // The programs know one length alone.
      let stated = try keys.count(name, default: length)
      guard stated == length else { throw keys.unknown(name, "\(stated)") }
      return .chunk(length)
    }
  }
}
