/// Why a tensor cannot have a type that the constraints allow.
package enum ConstraintError: Error, Equatable {
  /// The blocks or row groups of the pinned type do not divide the tensor.
  case pinDoesNotFit(tensor: String, columns: Int, rows: Int, pin: TypeRule)
  /// The program that is to run the model does not load the pinned type.
  case pinNotLoaded(tensor: String, pin: TypeRule, runtime: Runtime)
  /// A pin and a floor contradict each other.
  case pinBelowFloor(tensor: String, pin: TypeRule, floor: TypeRule)
  /// No type that is offered reaches the floors.
  case floorTooHigh(tensor: String, floors: [TypeRule])
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
    case .floorTooHigh(let tensor, let floors):
      "\(tensor): no type reaches "
        + floors.map { "floor ‘\($0)’" }.joined(separator: " and ")
    }
  }
}
