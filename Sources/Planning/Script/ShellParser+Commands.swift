/// Commands that hold others.
extension ShellParser {
  /// A command of any kind with its redirections.
  mutating func command() throws(RecipeError) -> ShellNode {
    guard let node = try compound() else { return try simple() }
    var redirections: [ShellRedirection] = []
    input.skipBlanks()
    while let redirection = try redirection() {
      redirections.append(redirection)
      input.skipBlanks()
    }
    return redirections.isEmpty ? node : .redirected(node, redirections)
  }

  /// A command that holds others; nil where a simple one comes next.
  private mutating func compound() throws(RecipeError) -> ShellNode? {
    if input.begins(with: "((") {
      return .command(try skipped(to: "))"))
    }
    if input.take("(") {
      let start = input.line
      let node = try list(until: [])
      guard input.take(")") else { throw RecipeError(line: start, problem: .unclosedParenthesis) }
      return .subshell(node)
    }
    switch keyword() {
    case "{":
      _ = takeKeyword()
      let node = try list(until: ["}"])
      try expect("}")
      return node
    case "if":
      _ = takeKeyword()
      return try branches()
    case "case":
      _ = takeKeyword()
      return try cases()
    case "for", "select":
      _ = takeKeyword()
      return try loop()
    case "while", "until":
      _ = takeKeyword()
      let condition = try list(until: ["do"])
      return .repeated(condition: condition, body: try loopBody())
    case "function":
      _ = takeKeyword()
      input.skipBlanks()
      let name = input.take(while: .functionNames)
      input.skipBlanks()
      if input.take("(") { _ = input.take(")") }
      return try function(name)
    case "[[":
      return .command(try skipped(to: "]]"))
    default: return try definition()
    }
  }

  /// `name() body`, if that comes next.
  private mutating func definition() throws(RecipeError) -> ShellNode? {
    var rest = input
    let name = rest.take(while: .functionNames)
    rest.skipBlanks()
    guard !name.isEmpty, rest.take("(") else { return nil }
    rest.skipBlanks()
    guard rest.take(")") else { return nil }
    input = rest
    return try function(name)
  }

  private mutating func function(_ name: String) throws(RecipeError) -> ShellNode {
    skipLines()
    return .function(
      name: name, body: try nested { parser throws(RecipeError) in try parser.command() })
  }

  /// What follows `if`.
  private mutating func branches() throws(RecipeError) -> ShellNode {
    var conditions: [ShellNode] = []
    var bodies: [ShellNode] = []
    var isExhaustive = false
    conditions.append(try list(until: ["then"]))
    try expect("then")
    while true {
      bodies.append(try list(until: ["elif", "else", "fi"]))
      switch takeKeyword() {
      case "elif":
        conditions.append(try list(until: ["then"]))
        try expect("then")
      case "else": isExhaustive = true
      case "fi":
        return .branches(conditions: conditions, bodies: bodies, isExhaustive: isExhaustive)
      default: throw unexpected()
      }
    }
  }

  /// What follows `case`. Which body runs is never looked at.
  private mutating func cases() throws(RecipeError) -> ShellNode {
    input.skipBlanks()
    _ = try word()
    try expect("in")
    var bodies: [ShellNode] = []
    while true {
      skipLines()
      if keyword() == "esac" {
        _ = takeKeyword()
        return .branches(conditions: [], bodies: bodies, isExhaustive: false)
      }
      guard !input.isAtEnd else { throw unexpected() }
      _ = input.take("(")
      repeat {
        input.skipBlanks()
        _ = try word()
        input.skipBlanks()
      } while input.take("|")
      guard input.take(")") else { throw unexpected() }
      bodies.append(try list(until: ["esac"]))
      _ = input.take(";;&") || input.take(";;") || input.take(";&")
    }
  }

  /// What follows `for`.
  private mutating func loop() throws(RecipeError) -> ShellNode {
    input.skipBlanks()
    if input.begins(with: "((") {
      let head = try skipped(to: "))")
      return .repeated(condition: .command(head), body: try loopBody())
    }
    let name = input.take(while: .words)
    skipLines()
    var words = [
      ShellWord(
        parts: [
          .parameter(
            ShellParameter(name: "@", isWhole: true), isQuoted: true, line: input.line)
        ], line: input.line)
    ]
    if keyword() == "in" {
      _ = takeKeyword()
      words = []
      input.skipBlanks()
      while let byte = input.peek, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: ";") {
        guard let word = try word() else { throw unexpected() }
        words.append(word)
        input.skipBlanks()
      }
    }
    return .forEach(variable: name, words: words, body: try loopBody())
  }

  private mutating func loopBody() throws(RecipeError) -> ShellNode {
    try expect("do")
    let body = try list(until: ["done"])
    try expect("done")
    return body
  }

  /// `[[ … ]]` and `(( … ))`: commands that print and set nothing that is followed here.
  private mutating func skipped(to end: StaticString) throws(RecipeError) -> ShellCommand {
    let line = input.line
    while !input.take(end) {
      guard let byte = input.peek else {
        throw RecipeError(line: line, problem: .unclosedParenthesis)
      }
      if byte == UInt8(ascii: "\\") { input.take() }
      guard !input.isAtEnd else { continue }
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        _ = try word()
      } else {
        input.take()
      }
    }
    return ShellCommand(line: line)
  }
}

extension ByteSet {
  fileprivate static let functionNames = {
    var set = ByteSet("-_.:")
    set.formUnion(.words)
    return set
  }()
}
