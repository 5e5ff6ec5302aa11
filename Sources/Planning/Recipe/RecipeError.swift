package import GGUF

/// Why a text is not a recipe.
package struct RecipeError: ClassifiedError, Equatable {
  /// The line, counted from 1; nil where the problem has no line of its own.
  package let line: Int?
  /// What is wrong.
  package let problem: Problem

  /// What can be wrong with a recipe.
  package enum Problem: ClassifiedError, Equatable {
    /// A rule that cannot be read.
    case rule(TypeRuleError)
    /// A quote of a script that is not closed.
    case unclosedQuote
    /// A script that sets this variable to no text, and passes it as rules.
    case unknownVariable(String)
    /// A script without rules.
    case noRules
    /// The text begins like JSON and is not, or its members have other types than a recipe's.
    case json(String)
    /// A name in JSON that no tensor of a GGUF file can have.
    case tensorName(String)
    /// A type in JSON that does not exist.
    case unknownType(String, tensor: String)
    /// A key in JSON that cannot stand in a comment `# key: value`.
    case provenanceKey(String)

    package var kind: ErrorKind { .badInput }
  }

  package var kind: ErrorKind { problem.kind }

  package var description: String {
    line.map { "line \($0): \(problem)" } ?? "\(problem)"
  }
}

extension RecipeError.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .rule(let error): error.description
    case .unclosedQuote: "this quote is not closed"
    case .unknownVariable(let name): "the script passes $\(name) as rules, but never sets it to any"
    case .noRules: "it looks like a script, but nothing in it holds rules"
    case .json(let reason): "not a recipe in JSON: \(reason)"
    case .tensorName(let name): "a tensor's name has 1 to 63 bytes, not \(name.utf8.count)"
    case .unknownType(let type, let tensor): "unknown type ‘\(type)’ of \(tensor)"
    case .provenanceKey(let key): "‘\(key)’ is no key of a recipe's provenance"
    }
  }
}
