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
    /// A parenthesis of a script that is not closed.
    case unclosedParenthesis
    /// A `${` of a script that is not closed.
    case unclosedBrace
    /// A text `<< END` of a script that nothing ends; its end.
    case unclosedText(String)
    /// What a shell would not read either, or what is not read here; the rest of the line.
    case script(String)
    /// Something that a script passes as rules and that takes a shell to tell.
    case untold(String)
    /// A variable or file that a script passes as rules, and sets in some cases only.
    case conditional(String)
    /// A comment behind a rule, with other rules in the same line after a script joined its lines.
    case swallowedRules
    /// A file of rules that a script names and that is not there.
    case missingFile(String)
    /// An option that lacks its value.
    case missingValue(String)
    /// An option of a command whose value is no type.
    case optionType(option: String, value: String)
    /// A command with options of both programs, which neither of them reads.
    case mixedOptions(String, String)
    /// Two recipes that differ; the lines of all.
    case severalRecipes([Int])
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
    case .unclosedParenthesis: "this parenthesis is not closed"
    case .unclosedBrace: "this ‘${’ is not closed"
    case .unclosedText(let end):
      "no line says ‘\(end.escaped)’, which ends the text that begins here"
    case .script(let rest): "it is no script that can be read from ‘\(rest.escaped)’ on"
    case .untold(let what):
      "the rules depend on \(what.escaped), which only a shell can tell; write them out"
    case .conditional(let name):
      "the rules depend on \(name.escaped), which is not set in the same way in all cases; write them out"
    case .swallowedRules:
      "this comment goes on over the next rules, since the script joins its lines; give it a line of its own"
    case .missingFile(let path):
      "it takes rules from the file \(path.escaped), which is not beside it"
    case .missingValue(let option): "\(option) has no value"
    case .optionType(let option, let value): "\(option) takes a type, not ‘\(value.escaped)’"
    case .mixedOptions(let a, let b):
      "\(a) is an option of ik_llama.cpp, and \(b) one of llama.cpp: no llama-quantize reads both"
    case .severalRecipes(let lines):
      "it holds several recipes, in lines \(lines.map { "\($0)" }.joined(separator: ", ")); "
        + "keep the one that you mean in a file of its own"
    case .unknownVariable(let name): "the script passes $\(name) as rules, but never sets it to any"
    case .noRules: "it looks like a script, but nothing in it holds rules"
    case .json(let reason): "not a recipe in JSON: \(reason)"
    case .tensorName(let name): "a tensor's name has 1 to 63 bytes, not \(name.utf8.count)"
    case .unknownType(let type, let tensor): "unknown type ‘\(type)’ of \(tensor)"
    case .provenanceKey(let key): "‘\(key)’ is no key of a recipe's provenance"
    }
  }
}
