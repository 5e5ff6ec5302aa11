package import GGUF
package import Statistics

/// Why a tensor has the type that a plan gives it.
package enum PlanReason: Sendable, Equatable {
  /// Tensors of its kind keep their type.
  case kept(String)
  /// None of the types that may be used allows its shape, so it keeps its type.
  case noTypeFits
  /// A pin says so.
  case pinned(TypeRule)
  /// Constraints and shape leave but this type.
  case onlyType
  /// The type is part of the best plan. The upgrade gains most loss per byte; nil where none lowers it.
  case chosen(next: Upgrade?)

  /// A better type for one tensor, and what it changes.
  package struct Upgrade: Sendable, Equatable {
    /// The better type.
    package let type: TensorType
    /// By how much the predicted loss falls.
    package let gain: Double
    /// The bytes it takes more.
    package let bytes: Int
  }

  /// The reason as a short sentence without a full stop.
  package func sentence(in unit: LossUnit) -> String {
    switch self {
    case .kept(let reason): "kept: \(reason)"
    case .noTypeFits: "kept: no type allows its shape"
    case .pinned(let rule): "pinned by ‘\(rule)’"
    case .onlyType: "the only type allowed"
    case .chosen(let next?):
      "optimum; next upgrade \(next.type) saves \(next.gain.short) \(unit.rawValue) "
        + "for \(next.bytes.shortBytes) more"
    case .chosen(next: nil): "optimum; no better type"
    }
  }
}

extension PlanReason.Upgrade {
  /// The upgrade from `current` to the one of `candidates` that gains most loss per byte; of equals
  /// the smaller, then the one with the lower type id.
  init?(from current: Candidate, among candidates: [Candidate]) {
    let better = candidates.filter { $0.bytes > current.bytes && $0.loss < current.loss }
    func rank(_ candidate: Candidate) -> (Double, Int, UInt32) {
      let bytes = candidate.bytes - current.bytes
      return ((candidate.loss - current.loss) / Double(bytes), bytes, candidate.type.id)
    }
    guard let best = better.min(by: { rank($0) < rank($1) }) else { return nil }
    type = best.type
    gain = current.loss - best.loss
    bytes = best.bytes - current.bytes
  }
}
