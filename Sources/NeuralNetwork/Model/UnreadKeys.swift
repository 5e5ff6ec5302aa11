import GGUF

/// The keys of a model that the runner does not compute with.
///
/// A key that asks for something which the runner does not do makes another model of the file. So a key is
/// read, or it stands in `harmless`, or it has a value at which nothing is to be done: one of `neutral`, or
/// nothing at all. The names are those of `LLM_KV_NAMES` in `src/llama-arch.cpp` of llama.cpp; what their values
/// do there is in `src/llama-graph.cpp` and `src/llama-model.cpp`.
struct UnreadKeys {
  private let keys: ArchitectureKeys
  private let parameters: Hyperparameters

  /// - Parameter parameters: what was read.
  init(_ keys: ArchitectureKeys, besides parameters: Hyperparameters) {
    self.keys = keys
    self.parameters = parameters
  }

  /// Throws for the first key that would change what is computed.
  func check() throws(NetworkError.Problem) {
    for (name, value) in keys.unread where !Self.harmless.contains(name) {
      guard value.saysNothing && !Self.matters.contains(name) || isNeutral(name, value) else {
        throw keys.unknown(name, value.words)
      }
    }
  }

  /// Keys of sizes that tensors have themselves, of what a model was made from, and of what is made of its
  /// last features.
  private static let harmless: Set<String> = [
    "context_length", "vocab_size", "feed_forward_length", "expert_feed_forward_length",
    "expert_shared_feed_forward_length", "expert_count", "expert_used_count",
    "expert_shared_count", "leading_dense_block_count", "interleave_moe_layer_step",
    "moe_every_n_layers", "tensor_data_layout", "rope.scaling.finetuned",
    "attention.layer_norm_epsilon", "attention.layer_norm_rms_epsilon", "attention.q_lora_rank",
    "pooling_type",
    "classifier.output_labels",
  ]

  /// Keys whose `false` asks for something.
  private static let matters: Set<String> = ["attention.causal"]

  /// Whether a value asks for what the runner does anyway.
  private func isNeutral(_ name: String, _ value: MetadataValue) -> Bool {
    switch name {
    case "attention.causal": return value.truth == true
    case "logit_scale", "residual_scale", "embedding_scale", "attention.output_scale",
      "attention.value_scale":
      return value.double == 1
    case "attention.scale":
      return mixers.compactMap(\.scoreScale).allSatisfy { value.isNear(Double($0)) }
    case "attention.sliding_window":
      // A window that no text of the model's length leaves.
      return value.integer.map { $0 >= parameters.rotation.trainedLength } ?? false
    case "attention.sliding_window_pattern": return isPattern(value)
    case "attention.recurrent_layers":
      let layers = parameters.layers
      return value.truths.map { Array($0.prefix(layers.count)) == layers.map { !$0.attends } }
        ?? false
    case "rope.dimension_sections": return value.integers.map(areAllText) ?? false
    case "rope.freq_base_swa":
      return mixers.filter(\.isBounded).compactMap(\.rotation)
        .allSatisfy { $0.base == value.double }
    case "rope.scaling.yarn_ext_factor", "rope.scaling.yarn_attn_factor",
      "rope.scaling.yarn_beta_slow":
      return [1, -1].contains(value.double)
    case "rope.scaling.yarn_beta_fast": return [32, -1].contains(value.double)
    default: return false
    }
  }

  private var mixers: [MixerParameters] { parameters.layers.map(\.mixer) }

  /// Whether all pairs of features turn by one of the first three positions of a token, which are the same in a text,
  /// and none by the fourth, which is 0 there. The first three have pairs in turn, each as many as the list says
  /// (`ggml_rope_multi` with interleaved sections).
  private func areAllText(_ sections: [Int]) -> Bool {
    guard sections.count >= 3, sections.allSatisfy({ 0...1 << 20 ~= $0 }) else { return false }
    let sum = max(1, sections.reduce(0, +))
    return (0..<parameters.rotation.dimensions / 2).allSatisfy {
      let pair = $0 % sum
      return pair < 3 * sections[pair % 3]
    }
  }

  /// Whether the layers with a window are those of a pattern: every layer but each n-th, or a list.
  private func isPattern(_ value: MetadataValue) -> Bool {
    let hasWindow = mixers.map(\.isBounded)
    if let period = value.integer, period > 0 {
      return hasWindow == hasWindow.indices.map { ($0 + 1) % period != 0 }
    }
    return value.truths.map { Array($0.prefix(hasWindow.count)) == hasWindow } ?? false
  }
}

extension LayerParameters {
  /// Whether tokens look at all those before them.
  fileprivate var attends: Bool {
    switch mixer {
    case .attention, .latentAttention: true
    case .gatedDeltaNet: false
    }
  }
}

extension MetadataValue {
  /// A list of truth values.
  fileprivate var truths: [Bool]? { bools ?? integers?.map { $0 != 0 } }

  /// Whether it is zero, false, empty, or a list of such: the key might as well be missing.
  fileprivate var saysNothing: Bool {
    if let truths { return !truths.contains(true) }
    if let doubles { return doubles.allSatisfy { $0 == 0 } }
    if let strings { return strings.isEmpty }
    return bool == false || double == 0 || string == ""
  }

  fileprivate func isNear(_ number: Double) -> Bool {
    double.map { abs($0 - number) <= 1e-5 * abs(number) } ?? false
  }

  /// The value for a message.
  fileprivate var words: String {
    if let arrayCount { return "(a list of \(arrayCount))" }
    return bool.map { "\($0)" } ?? integer.map { "\($0)" } ?? double.map { "\($0)" }
      ?? string?.quoted ?? "(unknown)"
  }
}
