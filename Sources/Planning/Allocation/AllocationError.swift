package import GGUF

/// Why there is no allocation.
package enum AllocationError: ClassifiedError, Equatable {
  /// The budget is below the smallest allocation. `feasible` runs from its bytes to those of the
  /// allocation of least loss, beyond which more budget is of no use; both include fixed bytes.
  case infeasible(budget: Int, feasible: ClosedRange<Int>)
  /// These tensors have no type to choose.
  case noCandidates(names: [String])
  /// The loss or variance of this type is negative or not finite, or its bytes are negative or so
  /// many that totals would pass 2⁵³.
  case invalidCandidate(names: [String], type: TensorType)

  package var kind: ErrorKind { .infeasible }
}

extension AllocationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .infeasible(let budget, let feasible):
      "\(budget) bytes do not suffice: the smallest plan takes \(feasible.lowerBound) bytes, "
        + "the best \(feasible.upperBound)"
    case .noCandidates(let names):
      "no type is left for \(names.joined(separator: ", "))"
    case .invalidCandidate(let names, let type):
      "the cost of \(type) for \(names.joined(separator: ", ")) is not a valid number"
    }
  }
}
