package import GGUF

/// Conditions that cannot be read.
package enum SkeletonConditionError: ClassifiedError, Equatable {
  /// Something else stands where this should; nil: nothing does.
  case expected(String, found: String?)
  /// No condition and no quantity has this name.
  case unknown(String)
  /// No model is of this size.
  case unknownSize(String)
  /// This is no number that can be counted with, or divided by.
  case notANumber(String)

  package var kind: ErrorKind { .badInput }

  package var description: String {
    switch self {
    case .expected(let what, let found?): "\(what) should stand where ‘\(found)’ does"
    case .expected(let what, nil): "\(what) is missing at the end"
    case .unknown(let word):
      "unknown condition or quantity ‘\(word)’; quantities are "
        + SkeletonQuantity.allCases.map(\.rawValue).joined(separator: ", ")
    case .unknownSize(let name):
      "unknown size ‘\(name)’; sizes are "
        + ModelSize.allCases.map(\.rawValue).joined(separator: ", ")
    case .notANumber(let word): "‘\(word)’ is no number to reckon with here"
    }
  }
}
