package import GGUF

/// Why there is no plan.
package enum PlanError: Error, Equatable, CustomStringConvertible {
  /// A constraint cannot be kept.
  case constraint(ConstraintError)
  /// The budget is too small, or a cost is not a valid number.
  case allocation(AllocationError)
  /// A pin asks for a type that has not been measured for the tensor.
  case unmeasured(tensor: String, type: TensorType)

  package var description: String {
    switch self {
    case .constraint(let error): error.description
    case .allocation(let error): error.description
    case .unmeasured(let tensor, let type): "\(tensor): \(type) has not been measured"
    }
  }
}
