package import GGUF

/// A pattern that is refused, and why.
package struct TensorPatternError: ClassifiedError, Equatable {
  /// The pattern, or the beginning of one that is too long.
  package let pattern: String
  /// What is wrong with it.
  package let fault: Fault

  /// What can be wrong with a pattern.
  package enum Fault: ClassifiedError, Equatable {
    /// The pattern has no characters: it would match every name.
    case empty
    /// The pattern has more than `TensorPattern.longest` bytes.
    case tooLong
    /// The pattern's groups nest, or its counts multiply, beyond what is compiled.
    case tooComplex
    /// This bracket has no partner.
    case unbalanced(String)
    /// A quantifier stands where nothing precedes it.
    case nothingToRepeat
    /// A `{}` holds no valid count.
    case badCount
    /// A `[]` holds a descending range, or a class that is unknown.
    case badBrackets
    /// A `\x` or `\u` lacks its digits or leaves ASCII.
    case badEscape
    /// A `\1`…`\9`.
    case backReference
    /// The pattern ends within an escape.
    case dangling
    /// A search for the pattern takes more steps than a recipe is given.
    case tooSlow

    package var kind: ErrorKind { .badInput }
  }

  package var kind: ErrorKind { fault.kind }
  package var description: String { "pattern ‘\(pattern)’ \(fault)" }
}

extension TensorPatternError.Fault: CustomStringConvertible {
  /// What follows the pattern in a sentence.
  package var description: String {
    switch self {
    case .empty: "is empty and would match every tensor"
    case .tooLong: "is longer than \(TensorPattern.longest) bytes"
    case .tooComplex: "nests or repeats too much"
    case .unbalanced(let bracket): "has an unbalanced ‘\(bracket)’"
    case .nothingToRepeat: "has a quantifier with nothing to repeat"
    case .badCount: "has an invalid count in ‘{}’"
    case .badBrackets: "has an invalid range or class in ‘[]’"
    case .badEscape: "has an invalid ‘\\x’ or ‘\\u’ escape"
    case .backReference: "has a back reference, which is not supported"
    case .dangling: "ends in the middle of an escape"
    case .tooSlow: "takes too long to search for; write it with fewer look-aheads and repeats"
    }
  }
}
