extension RoutingPolicy {
  /// This policy as far as the keys of a model do not say otherwise.
  ///
  /// The keys are those of `build_moe_ffn` in `src/llama-graph.cpp` of llama.cpp, to which a number of 0 says nothing.
  func adapted(to keys: ArchitectureKeys) throws(NetworkError.Problem) -> RoutingPolicy {
    RoutingPolicy(
      try Scoring(keys) ?? scoring,
      normalizes: try keys.truth("expert_weights_norm") ?? normalizes,
      scale: try keys.scale("expert_weights_scale") ?? scale,
      groups: try Groups.stated(by: keys, default: groups), weighs: weighs)
  }
}

extension RoutingPolicy.Scoring {
  /// What makes scores, by the number of `llama_expert_gating_func_type` in llama.cpp; nil where the model does not
  /// say.
  fileprivate init?(_ keys: ArchitectureKeys) throws(NetworkError.Problem) {
    let key = "expert_gating_func"
    switch try keys.countIfAny(key) {
    case nil: return nil
    case 1: self = .softmax
    case 2: self = .sigmoid
    case let number?: throw keys.unknown(key, "\(number)")
    }
  }
}

extension RoutingPolicy.Groups {
  /// The groups that a model states; nil where all experts take part.
  fileprivate static func stated(
    by keys: ArchitectureKeys, default standard: Self?
  ) throws(NetworkError.Problem) -> Self? {
    let count = try keys.countIfAny("expert_group_count") ?? standard?.count ?? 1
    let used = try keys.countIfAny("expert_group_used_count") ?? standard?.used ?? count
    guard used <= count else { throw keys.unknown("expert_group_used_count", "\(used)") }
    return used < count ? Self(count: count, used: used) : nil
  }
}

extension ArchitectureKeys {
  /// A factor from 2⁻²⁰ to 2²⁰; nil where the model states none.
  fileprivate func scale(_ name: String) throws(NetworkError.Problem) -> Float? {
    let scale = try number(name, default: 0)
    guard scale != 0 else { return nil }
    guard 0x1p-20...0x1p20 ~= scale else { throw unknown(name, "\(scale)") }
    return Float(scale)
  }
}
