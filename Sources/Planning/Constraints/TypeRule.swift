package import GGUF

/// `regex=type`: a type for the tensors whose names match. The line of a recipe, the value of
/// `--pin` and of `--floor`.
package struct TypeRule: Sendable, Equatable {
  /// Which tensors.
  package let pattern: TensorPattern
  /// The type that they get.
  package let type: TensorType

  /// The rule of these two.
  package init(pattern: TensorPattern, type: TensorType) {
    self.pattern = pattern
    self.type = type
  }

  /// Reads `regex=type`, divided at the last `=`; the type in any capitalisation.
  package init(_ text: some StringProtocol) throws(TypeRuleError) {
    guard let equals = text.lastIndex(of: "="), equals > text.startIndex else {
      throw .malformed(String(text))
    }
    let name = text[text.index(after: equals)...]
    guard let type = TensorType.named(name) else {
      throw .unknownType(String(name), rule: String(text))
    }
    self.type = type
    do throws(TensorPatternError) {
      pattern = try TensorPattern(text[..<equals])
    } catch {
      throw .invalidPattern(error)
    }
  }
}

extension TypeRule: CustomStringConvertible {
  /// The rule as recipes write it, the type spelt as ik_llama.cpp demands.
  package var description: String { "\(pattern)=\(type.name)" }
}

/// Why a text is not a rule.
package enum TypeRuleError: ClassifiedError, Equatable {
  /// The rule is not `regex=type`.
  case malformed(String)
  /// No tensor type has this name.
  case unknownType(String, rule: String)
  /// The pattern is refused.
  case invalidPattern(TensorPatternError)
  /// The rule begins with `#`, as a comment does.
  case comment(String)

  package var kind: ErrorKind { .badInput }

  package var description: String {
    switch self {
    case .malformed(let text): "‘\(text)’ is not of the form regex=type"
    case .unknownType(let name, let rule): "unknown type ‘\(name)’ in ‘\(rule)’"
    case .invalidPattern(let error): error.description
    case .comment(let text):
      "‘\(text)’ begins like a comment: put a space before ‘#’, or write ‘[#]’ for the character"
    }
  }
}
