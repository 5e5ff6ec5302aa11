/// What kind of failure an error is. The command line maps kinds to exit codes; nothing else does.
package enum ErrorKind: Sendable, Equatable {
  /// The command asks for something that makes no sense, or a warning counts as an error.
  case usage
  /// An input file breaks the rules of its format, or does not suit the other inputs.
  case badInput
  /// No result satisfies the target, the constraints or the recipe.
  case infeasible
  /// The system refused to read or write, or a file that belongs to Ration is missing.
  case inputOutput
  /// An output would replace a file that must stay.
  case conflict
  /// Weights, or what is computed from them, are NaN or infinite, or beyond what a type can hold.
  case nonFinite
  /// A file that was written does not hold what it should.
  case verification
  /// A signal asked for an end; nothing is wrong.
  case interrupted(signal: Int32)
}

/// An error that says what kind of failure it is. Its description is one sentence for the user,
/// without a full stop. Every error type of the package is one.
package protocol ClassifiedError: Error, CustomStringConvertible {
  /// What kind of failure it is.
  var kind: ErrorKind { get }
}
