/// Reads a shell script, in the grammar of bash as far as published scripts use it.
struct ShellParser {
  /// How deep a script may nest; a bound on recursion.
  static let deepest = 40

  var input: ShellInput
  var depth: Int
  /// Where the script goes on behind the texts `<< END` of this line, if it has any.
  private var behindTexts: ShellInput?

  init(_ bytes: [UInt8], firstLine: Int, depth: Int = 0) {
    input = ShellInput(bytes, firstLine: firstLine)
    self.depth = depth
  }

  /// The whole script.
  mutating func parse() throws(RecipeError) -> ShellNode {
    var nodes: [ShellNode] = []
    while true {
      nodes.append(try list(until: []))
      guard !input.isAtEnd else { break }
      throw unexpected()
    }
    return .sequence(nodes)
  }

  /// What stands between here and the parenthesis that closes `$(`.
  mutating func parseSubstitution() throws(RecipeError) -> ShellNode {
    let start = input.line
    let node = try list(until: [])
    guard input.take(")") else { throw RecipeError(line: start, problem: .unclosedParenthesis) }
    return node
  }

  /// Runs `body` one level deeper.
  mutating func nested<T>(
    _ body: (inout ShellParser) throws(RecipeError) -> T
  ) throws(RecipeError) -> T {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw RecipeError(line: input.line, problem: .untold("a script that nests so deep"))
    }
    return try body(&self)
  }

  func unexpected() -> RecipeError {
    var rest = input
    let word = rest.takeLine().string
    return RecipeError(line: input.line, problem: .script(String(word.prefix(40))))
  }

  // MARK: Commands

  /// Commands up to one of these words, which is left standing, or to what closes them.
  mutating func list(until ends: Set<String>) throws(RecipeError) -> ShellNode {
    var nodes: [ShellNode] = []
    while true {
      skipLines()
      guard let byte = input.peek, byte != UInt8(ascii: ")") else { break }
      if byte == UInt8(ascii: ";"), input.peek(1) == UInt8(ascii: ";") { break }
      if let word = keyword(), ends.contains(word) { break }
      nodes.append(try chain())
      input.skipBlanks()
      if input.begins(with: ";;") { break }
      if input.peek == UInt8(ascii: ";") || input.peek == UInt8(ascii: "&") { input.take() }
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  /// Moves past empty lines, semicolons, and the texts that begin behind a line.
  mutating func skipLines() {
    while true {
      input.skipBlanks()
      guard let byte = input.peek else { return }
      if byte == UInt8(ascii: "\n") {
        input.take()
        if let behind = behindTexts, behind.position > input.position { input = behind }
        behindTexts = nil
      } else if byte == UInt8(ascii: "\r") {
        input.take()
      } else if byte == UInt8(ascii: ";"), input.peek(1) != UInt8(ascii: ";") {
        input.take()
      } else {
        return
      }
    }
  }

  /// Pipelines joined by `&&` and `||`.
  private mutating func chain() throws(RecipeError) -> ShellNode {
    let first = try pipeline()
    var others: [(isOr: Bool, node: ShellNode)] = []
    while true {
      input.skipBlanks()
      let isOr = input.begins(with: "||")
      guard input.take("&&") || input.take("||") else {
        return others.isEmpty ? first : .chain(first, others)
      }
      skipLines()
      others.append((isOr: isOr, node: try pipeline()))
    }
  }

  private mutating func pipeline() throws(RecipeError) -> ShellNode {
    var nodes: [ShellNode] = []
    while true {
      input.skipBlanks()
      while keyword() == "!" || keyword() == "time" {
        _ = takeKeyword()
        input.skipBlanks()
      }
      nodes.append(try nested { parser throws(RecipeError) in try parser.command() })
      input.skipBlanks()
      guard input.peek == UInt8(ascii: "|"), input.peek(1) != UInt8(ascii: "|") else { break }
      input.take()
      if input.peek == UInt8(ascii: "&") { input.take() }
      skipLines()
    }
    return nodes.count == 1 ? nodes[0] : .pipeline(nodes)
  }

  // MARK: Words of the grammar

  /// The next word if it is nothing but letters, as reserved words are, or `{`, `}`, `!`, `[[`.
  func keyword() -> String? {
    var rest = input
    return rest.takeKeyword()
  }

  mutating func takeKeyword() -> String? { input.takeKeyword() }

  /// Moves past a reserved word, which must come next.
  mutating func expect(_ word: String) throws(RecipeError) {
    skipLines()
    guard keyword() == word else { throw unexpected() }
    _ = takeKeyword()
  }

  // MARK: Texts within the script

  /// The text that begins behind this line, or behind the text before it, and goes on to a line that says `end`.
  ///
  /// What stands in it is expanded unless `end` was quoted.
  mutating func textBehindLine(
    to end: String, isQuoted: Bool, isIndented: Bool
  ) throws(RecipeError) -> ShellWord {
    var rest = behindTexts ?? input
    if behindTexts == nil { _ = rest.takeLine() }
    let line = rest.line
    var text = ScriptText()
    while !rest.isAtEnd {
      let number = rest.line
      var next = rest.takeLine()
      if isIndented {
        let tabs = next.bytes.prefix { $0 == UInt8(ascii: "\t") }.count
        next = next[tabs..<next.count]
      }
      if next.says(end) {
        behindTexts = rest
        guard !isQuoted else {
          return ShellWord(parts: [.literal(text, isQuoted: true)], line: line)
        }
        var parser = ShellParser(text.bytes, firstLine: line, depth: depth + 1)
        return ShellWord(parts: try parser.quotedParts(until: nil, from: line), line: line)
      }
      text.append(next)
      text.append(UInt8(ascii: "\n"), line: number)
    }
    throw RecipeError(line: input.line, problem: .unclosedText(end))
  }
}

extension ShellInput {
  /// Moves past a reserved word, if what comes next looks like one, and gives it.
  mutating func takeKeyword() -> String? {
    for sign in ["{", "}", "!", "[["] as [StaticString] where begins(with: sign) {
      let next = peek(sign.utf8CodeUnitCount)
      guard next.map(ByteSet.shellMeta.contains) ?? true else { continue }
      _ = take(sign)
      return sign.description
    }
    let start = self
    let word = take(while: .lower)
    guard !word.isEmpty, peek.map(ByteSet.shellMeta.contains) ?? true else {
      self = start
      return nil
    }
    return word
  }
}
