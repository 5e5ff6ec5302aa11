package import GGUF

/// Why tensors cannot have a type that the constraints allow.
package enum ConstraintError: ClassifiedError, Equatable {
  /// The blocks or row groups of the pinned type do not divide the tensor.
  case pinDoesNotFit(tensor: String, columns: Int, rows: Int, pin: TypeRule)
  /// The program that is to run the model does not load the pinned type.
  case pinNotLoaded(tensor: String, pin: TypeRule, runtime: Runtime)
  /// A pin and a floor contradict each other.
  case pinBelowFloor(tensor: String, pin: TypeRule, floor: TypeRule)
  /// A pin and a ceiling contradict each other.
  case pinAboveCeiling(tensor: String, pin: TypeRule, ceiling: TypeRule)
  /// No type that is offered lies between the floors and the ceilings.
  case outOfReach(tensor: String, floors: [TypeRule], ceilings: [TypeRule])
  /// There is no type that all of these tensors may have.
  case tieWithoutType(tensors: [String], ties: [Tie])

  package var kind: ErrorKind { .infeasible }
}

extension ConstraintError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .pinDoesNotFit(let tensor, let columns, let rows, let pin):
      "\(tensor): rule ‘\(pin)’ asks for a type that does not allow \(rows) rows of \(columns)"
    case .pinNotLoaded(let tensor, let pin, let runtime):
      "\(tensor): rule ‘\(pin)’ asks for a type that runtime \(runtime.rawValue) does not load"
    case .pinBelowFloor(let tensor, let pin, let floor):
      "\(tensor): pin ‘\(pin)’ is below floor ‘\(floor)’"
    case .pinAboveCeiling(let tensor, let pin, let ceiling):
      "\(tensor): pin ‘\(pin)’ is above ceiling ‘\(ceiling)’"
    case .outOfReach(let tensor, let floors, let ceilings):
      "\(tensor): no type satisfies "
        + (floors.map { "floor ‘\($0)’" } + ceilings.map { "ceiling ‘\($0)’" })
        .joined(separator: " and ")
    case .tieWithoutType(let tensors, let ties):
      "\(Self.list(ties)): no type is allowed for all of \(tensors.summary)"
    }
  }

  private static func list(_ ties: [Tie]) -> String {
    ties.map { "tie ‘\($0)’" }.joined(separator: " and ")
  }
}
