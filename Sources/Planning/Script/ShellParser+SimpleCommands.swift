/// Simple commands: assignments, words and redirections.
extension ShellParser {
  /// A simple command.
  mutating func simple() throws(RecipeError) -> ShellNode {
    var command = ShellCommand(line: input.line)
    while true {
      input.skipBlanks()
      if let redirection = try redirection() {
        command.redirections.append(redirection)
      } else if let assignment = try assignment(in: command) {
        command.assignments.append(assignment)
      } else if let word = try word() {
        command.words.append(word)
      } else {
        break
      }
    }
    let isEmpty =
      command.words.isEmpty && command.assignments.isEmpty && command.redirections.isEmpty
    guard !isEmpty else { throw unexpected() }
    return .command(command)
  }

  /// An assignment before the words of a command, or behind one that declares variables.
  private mutating func assignment(in command: ShellCommand) throws(RecipeError) -> ShellAssignment?
  {
    let declares = command.words.first?.plain.map(Self.declaring.contains) ?? false
    guard command.words.isEmpty || declares else { return nil }
    var rest = input
    let name = rest.take(while: .words)
    guard let first = name.utf8.first, !ByteSet.digits.contains(first) else { return nil }
    var isElement = false
    if rest.take("[") {
      isElement = true
      while let byte = rest.peek, byte != UInt8(ascii: "]"), byte != UInt8(ascii: "\n") {
        rest.take()
      }
      guard rest.take("]") else { return nil }
    }
    let isAppended = rest.take("+=")
    guard isAppended || rest.take("=") else { return nil }
    input = rest
    if input.peek == UInt8(ascii: "(") {
      return ShellAssignment(name: name, isAppended: isAppended, value: .array(try elements()))
    }
    let value = try word() ?? ShellWord(line: input.line)
    return ShellAssignment(
      name: name, isAppended: isAppended, value: isElement ? .element : .word(value))
  }

  /// The elements of an array in parentheses.
  private mutating func elements() throws(RecipeError) -> [ShellWord] {
    let start = input.line
    input.take()
    var words: [ShellWord] = []
    while true {
      skipLines()
      if input.take(")") { return words }
      guard let word = try word() else {
        throw RecipeError(line: start, problem: .unclosedParenthesis)
      }
      words.append(word)
    }
  }

  /// The commands that set variables.
  static let declaring: Set = ["export", "local", "readonly", "declare", "typeset"]

  // MARK: Redirections

  /// The next redirection; nil where none comes next.
  mutating func redirection() throws(RecipeError) -> ShellRedirection? {
    var rest = input
    let number = rest.take(while: .digits)
    let isBoth = number.isEmpty && rest.take("&")
    let kind: ShellRedirection.Kind
    if !isBoth, rest.begins(with: "<<"), !rest.begins(with: "<<<") {
      input = rest
      return try hereText()
    } else if rest.begins(with: "<(") || rest.begins(with: ">(") {
      return nil
    } else if !isBoth, rest.take("<<<") {
      kind = .text
    } else if rest.take(">>") {
      kind = .appended
    } else if rest.take(">&") || !isBoth && (rest.take("<&") || rest.take("<>")) {
      kind = .other
    } else if rest.take(">|") || rest.take(">") {
      kind = .output
    } else if !isBoth, rest.take("<") {
      kind = .input
    } else {
      return nil
    }
    input = rest
    input.skipBlanks()
    guard var word = try word() else { throw unexpected() }
    if kind == .text {
      word.parts.append(.literal(ScriptText("\n", line: word.line), isQuoted: true))
    }
    // What goes to standard error is no output of the command.
    let isOutput = number.isEmpty || number == "1" || number == "0"
    return ShellRedirection(kind: isOutput ? kind : .other, word: word)
  }

  private mutating func hereText() throws(RecipeError) -> ShellRedirection {
    _ = input.take("<<")
    let isIndented = input.take("-")
    input.skipBlanks()
    let start = input.position
    guard let end = try word() else { throw unexpected() }
    let isQuoted = input.bytes[start..<input.position].contains { ByteSet("'\"\\").contains($0) }
    let name = end.parts.map { part in
      if case .literal(let text, _) = part { text.string } else { "" }
    }.joined()
    return ShellRedirection(
      kind: .text,
      word: try textBehindLine(to: name, isQuoted: isQuoted, isIndented: isIndented))
  }
}
