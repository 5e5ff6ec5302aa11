import GGUF

/// The sizes and constants of one model, from its metadata.
struct Hyperparameters: Sendable {
  let architecture: Architecture
  let layers: Int
  /// Features of a token between layers.
  let width: Int
  let heads: Int
  /// Heads of keys and values, each shared by `heads / keyHeads` heads of queries.
  let keyHeads: Int
  /// Features of a head.
  let headWidth: Int
  /// What the squares of a norm's inputs are increased by.
  let epsilon: Float
  /// How many of the experts a token is sent to; 0 without experts.
  let usedExperts: Int
  /// Positions that layers with a window look back on, a token's own among them; nil where none has.
  let windowLength: Int?
  /// The factor of attention scores.
  let scoreScale: Float
  /// The bound of attention scores, where they have one: cap × tanh(score / cap).
  let scoreCap: Float?
  /// The bound of logits, where they have one.
  let logitCap: Float?
  let rotation: RotaryEmbedding.Constants

  init(_ model: ModelFile) throws(NetworkError.Problem) {
    let name = model.metadata["general.architecture"]?.string
    guard let architecture = Architecture.all.first(where: { $0.name == name }) else {
      throw .architecture(name)
    }
    let keys = ModelKeys(model.metadata, prefix: architecture.name)
    self.architecture = architecture
    layers = try keys.count("block_count")
    width = try keys.count("embedding_length")
    heads = try keys.count("attention.head_count")
    keyHeads = try keys.count("attention.head_count_kv", default: heads)
    guard heads % keyHeads == 0 else {
      throw keys.unknown("attention.head_count_kv", "\(keyHeads)")
    }
    headWidth = try keys.count("attention.key_length", default: width / heads)
    let valueWidth = try keys.count("attention.value_length", default: width / heads)
    guard valueWidth == headWidth else {
      throw keys.unknown("attention.value_length", "\(valueWidth)")
    }
    epsilon = Float(try keys.number("attention.layer_norm_rms_epsilon"))
    usedExperts =
      try keys.number("expert_count", default: 0) > 0 ? keys.count("expert_used_count") : 0
    switch architecture.window {
    case .none: windowLength = nil
    case .exceptEvery: windowLength = try keys.count("attention.sliding_window")
    // Early files lack the key; a window of 0 is none.
    case .everyLayer:
      let length = try keys.number("attention.sliding_window", default: 0)
      windowLength = length > 0 ? Int(length) : nil
    }
    let divisor = architecture.scoresByWidthAt == layers ? width / heads : headWidth
    scoreScale = 1 / Float(divisor).squareRoot()
    scoreCap = architecture.hasSoftCaps ? try keys.cap("attn_logit_softcapping") : nil
    logitCap = architecture.hasSoftCaps ? try keys.cap("final_logit_softcapping") : nil
    rotation = try RotaryEmbedding.Constants(keys, headWidth: headWidth)
  }
}
