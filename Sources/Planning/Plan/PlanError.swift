package import GGUF

/// Why there is no plan.
package enum PlanError: ClassifiedError, Equatable {
  /// A constraint cannot be kept.
  case constraint(ConstraintError)
  /// The budget of a pool is below its smallest choice. `feasible` runs from the bytes of that to those
  /// of the least lossy one; both include fixed bytes. The name is nil where there is but one pool.
  case infeasible(pool: String?, budget: Int, feasible: ClosedRange<Int>)
  /// The types allowed generate at most `fastest` tokens a second.
  case tooSlow(asked: Double, fastest: Double)
  /// A cost is not a valid number.
  case allocation(AllocationError)
  /// A pin asks for a type that has not been measured for the tensor.
  case unmeasured(tensor: String, type: TensorType)

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    switch self {
    case .constraint(let error): error.description
    case .infeasible(let pool, let budget, let feasible):
      (pool.map { "pool \($0): " } ?? "")
        + "\(budget) bytes do not suffice: the smallest choice takes \(feasible.lowerBound) bytes, "
        + "the best \(feasible.upperBound)"
    case .tooSlow(let asked, let fastest):
      "no plan within the budget and the constraints generates \(asked.plain) tokens a second: the fastest one "
        + "generates \(((fastest * 100).rounded(.down) / 100).plain)"
    case .allocation(let error): error.description
    case .unmeasured(let tensor, let type): "\(tensor): \(type) has not been measured"
    }
  }
}
