/// An output path that must not be written to.
package enum ConflictError: ClassifiedError, Equatable {
  /// Something has the output's name already and was not to be overwritten.
  case exists(String)
  /// The output's name belongs to a directory, a device or the like, which is never replaced.
  case notRegular(String)
  /// The output would replace one of the files it is made from; `input` may be another path to it.
  case isInput(output: String, input: String)
  /// Another process is writing the same output.
  case locked(String)

  package var kind: ErrorKind { .conflict }
}

extension ConflictError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .exists(let path):
      "\(path.escaped) exists already"
    case .notRegular(let path):
      "\(path.escaped) is not a regular file"
    case .isInput(let output, let input):
      "\(output.escaped) is the input file \(input.escaped); an input is never written to"
    case .locked(let path):
      "another process is writing \(path.escaped)"
    }
  }
}
