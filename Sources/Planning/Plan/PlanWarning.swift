/// Something about the constraints that the user should know.
package enum PlanWarning: Sendable, Equatable, CustomStringConvertible {
  /// The rule matches no tensor.
  case matchesNothing(TypeRule)
  /// The rule matches only tensors that keep their type, so it has no effect.
  case matchesOnlyKept(TypeRule)
  /// Earlier pins take all tensors that this pin matches.
  case shadowed(TypeRule)
  /// The tie holds no two tensors that may be quantized.
  case tiesNothing(Tie)

  package var description: String {
    switch self {
    case .matchesNothing(let rule): "rule ‘\(rule)’ matches no tensor"
    case .matchesOnlyKept(let rule): "rule ‘\(rule)’ matches only tensors that keep their type"
    case .shadowed(let rule): "rule ‘\(rule)’ has no effect: earlier rules take its tensors"
    case .tiesNothing(let tie): "tie ‘\(tie)’ ties no tensors"
    }
  }

  /// The warnings about `constraints` on tensors of these names, of which the `movable` ones do not
  /// keep their type.
  static func about(
    _ constraints: Constraints, names: [String], movable: [String]
  ) -> [PlanWarning] {
    func reach(_ rule: TypeRule) -> PlanWarning? {
      if movable.contains(where: rule.pattern.matches) { return nil }
      return names.contains(where: rule.pattern.matches)
        ? .matchesOnlyKept(rule) : .matchesNothing(rule)
    }
    var free = Set(movable)
    let shadowed = constraints.pins.filter { pin in
      let matches = movable.filter(pin.pattern.matches)
      let isShadowed = !matches.isEmpty && free.isDisjoint(with: matches)
      free.subtract(matches)
      return isShadowed
    }
    let idle = constraints.ties.filter { $0.groups(of: movable).isEmpty }
    return (constraints.pins + constraints.floors + constraints.ceilings).compactMap(reach)
      + shadowed.map(PlanWarning.shadowed) + idle.map(PlanWarning.tiesNothing)
  }
}
