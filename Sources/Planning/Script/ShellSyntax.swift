/// What a shell script says, as a tree. Nothing is expanded yet.
indirect enum ShellNode: Sendable {
  /// A simple command.
  case command(ShellCommand)
  /// One after the other.
  case sequence([ShellNode])
  /// One after the other, each fed with what the one before prints.
  case pipeline([ShellNode])
  /// The first one, and the others only after those before succeeded (`&&`) or failed (`||`).
  case chain(ShellNode, [(isOr: Bool, node: ShellNode)])
  /// In parentheses: what is set there is forgotten behind them.
  case subshell(ShellNode)
  /// Conditions that are tried, and bodies of which one runs, or none where nothing says which else.
  case branches(conditions: [ShellNode], bodies: [ShellNode], isExhaustive: Bool)
  /// The body for each of the words.
  case forEach(variable: String, words: [ShellWord], body: ShellNode)
  /// The body as often as something says.
  case repeated(condition: ShellNode, body: ShellNode)
  /// A function is defined.
  case function(name: String, body: ShellNode)
  /// Its input or output goes elsewhere.
  case redirected(ShellNode, [ShellRedirection])
}

/// A simple command: assignments, words, redirections.
struct ShellCommand: Sendable {
  var assignments: [ShellAssignment] = []
  var words: [ShellWord] = []
  var redirections: [ShellRedirection] = []
  /// The line that it begins in.
  let line: Int
}

/// `name=value`, `name+=value`, `name=(…)`.
struct ShellAssignment: Sendable {
  let name: String
  let isAppended: Bool
  let value: Value

  /// What is assigned.
  enum Value: Sendable {
    case word(ShellWord)
    case array([ShellWord])
    /// One element of an array.
    case element
  }
}

/// `> file`, `<< END` and the like.
struct ShellRedirection: Sendable {
  /// Where from or to.
  enum Kind: Sendable, Equatable {
    case input, output, appended, text, other
  }

  let kind: Kind
  /// The file, or the text itself.
  var word: ShellWord
}

/// A word before it is expanded.
struct ShellWord: Sendable {
  var parts: [Part] = []
  /// The line that it begins in.
  let line: Int

  /// A part of a word.
  enum Part: Sendable {
    /// As it stands.
    case literal(ScriptText, isQuoted: Bool)
    /// `$name` or `${name…}`.
    case parameter(ShellParameter, isQuoted: Bool, line: Int)
    /// What a command prints.
    case substitution(ShellNode, isQuoted: Bool, line: Int)
    /// Something that only a shell can tell, in the words of the script.
    case untold(String, isQuoted: Bool, line: Int)
  }

  /// The text, where it is one as it stands and nothing in it is quoted.
  var plain: String? {
    guard parts.count == 1, case .literal(let text, isQuoted: false) = parts[0] else { return nil }
    return text.string
  }
}

/// `$name`, and what is done with its value.
struct ShellParameter: Sendable {
  let name: String
  /// All elements of an array: `[@]` or `[*]`.
  var isWhole = false
  var operation = Operation.none

  /// What is done with the value.
  indirect enum Operation: Sendable {
    case none
    /// `:-` and `:=`, or `-` and `=`, which take an empty value.
    case byDefault(ShellWord, evenIfEmpty: Bool)
    /// `:+` or `+`.
    case instead(ShellWord, evenIfEmpty: Bool)
    /// `#`, `##`, `%`, `%%`.
    case without(ShellWord, atStart: Bool, longest: Bool)
    /// `/pattern/text` or `//pattern/text`.
    case replacing(ShellWord, with: ShellWord, all: Bool)
  }
}
