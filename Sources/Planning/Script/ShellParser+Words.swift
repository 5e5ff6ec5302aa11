/// Words and quotes.
extension ShellParser {
  /// The next word; nil where none comes next.
  mutating func word() throws(RecipeError) -> ShellWord? {
    try word(until: .shellMeta, isInBraces: false)
  }

  /// What stands up to a byte of `ends`; nil where that comes next.
  mutating func word(
    until ends: ByteSet, isInBraces: Bool
  ) throws(RecipeError) -> ShellWord? {
    var word = ShellWord(line: input.line)
    var literal = ScriptText()
    var hasQuotes = false
    func flush() {
      if !literal.isEmpty { word.parts.append(.literal(literal, isQuoted: false)) }
      literal = ScriptText()
    }
    loop: while let byte = input.peek {
      let line = input.line
      if ends.contains(byte) {
        guard input.begins(with: "<(") || input.begins(with: ">("), !isInBraces else { break loop }
        flush()
        input.take()
        input.take()
        _ = try parseSubstitution()
        word.parts.append(.untold("<(…)", isQuoted: true, line: line))
        continue
      }
      switch byte {
      case UInt8(ascii: "\\"):
        input.take()
        guard let next = input.peek else {
          literal.append(byte, line: line)
          break loop
        }
        input.take()
        if next != UInt8(ascii: "\n") {
          flush()
          var text = ScriptText()
          text.append(next, line: line)
          word.parts.append(.literal(text, isQuoted: true))
        }
      case UInt8(ascii: "'"):
        flush()
        word.parts.append(.literal(try singleQuoted(), isQuoted: true))
        hasQuotes = true
      case UInt8(ascii: "\""):
        flush()
        word.parts += try doubleQuoted()
        hasQuotes = true
      case UInt8(ascii: "$"), UInt8(ascii: "`"):
        if let parts = try dollar(isQuoted: false) {
          flush()
          word.parts += parts
        } else {
          literal.append(input.take(), line: line)
        }
      default: literal.append(input.take(), line: line)
      }
    }
    flush()
    if word.parts.isEmpty, hasQuotes { word.parts = [.literal(ScriptText(), isQuoted: true)] }
    return word.parts.isEmpty ? nil : word
  }

  // MARK: Quotes

  private mutating func singleQuoted() throws(RecipeError) -> ScriptText {
    let start = input.line
    input.take()
    var text = ScriptText()
    while let byte = input.peek {
      let line = input.line
      input.take()
      if byte == UInt8(ascii: "'") { return text }
      text.append(byte, line: line)
    }
    throw RecipeError(line: start, problem: .unclosedQuote)
  }

  /// What stands between double quotes.
  mutating func doubleQuoted() throws(RecipeError) -> [ShellWord.Part] {
    let start = input.line
    input.take()
    let parts = try quotedParts(until: UInt8(ascii: "\""), from: start)
    return parts.isEmpty ? [.literal(ScriptText(), isQuoted: true)] : parts
  }

  /// What stands between double quotes, or in a text `<< END` (`end` is nil), where quotes mean nothing. A
  /// backslash protects `$`, `` ` ``, `\`, line ends and the quote, else it stands for itself.
  mutating func quotedParts(
    until end: UInt8?, from start: Int
  ) throws(RecipeError) -> [ShellWord.Part] {
    var parts: [ShellWord.Part] = []
    var literal = ScriptText()
    func flush() {
      if !literal.isEmpty { parts.append(.literal(literal, isQuoted: true)) }
      literal = ScriptText()
    }
    while let byte = input.peek {
      let line = input.line
      if byte == end {
        input.take()
        flush()
        return parts
      }
      if byte == UInt8(ascii: "\\"), let next = input.peek(1),
        ByteSet("$`\\\n").contains(next) || next == end
      {
        input.take()
        input.take()
        if next != UInt8(ascii: "\n") { literal.append(next, line: line) }
      } else if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "`"),
        let expanded = try dollar(isQuoted: true)
      {
        flush()
        parts += expanded
      } else {
        literal.append(input.take(), line: line)
      }
    }
    guard end == nil else { throw RecipeError(line: start, problem: .unclosedQuote) }
    flush()
    return parts
  }

  /// What follows `$'`.
  mutating func escapedQuoted() throws(RecipeError) -> ShellWord.Part {
    let start = input.line
    var text = ScriptText()
    while let byte = input.peek {
      let line = input.line
      input.take()
      if byte == UInt8(ascii: "'") { return .literal(text, isQuoted: true) }
      guard byte == UInt8(ascii: "\\"), let next = input.peek else {
        text.append(byte, line: line)
        continue
      }
      input.take()
      switch next {
      case UInt8(ascii: "n"): text.append(0x0A, line: line)
      case UInt8(ascii: "t"): text.append(0x09, line: line)
      case UInt8(ascii: "r"): text.append(0x0D, line: line)
      case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"):
        text.append(next, line: line)
      default:
        let escape = "\\" + String(decoding: [next], as: UTF8.self)
        text.append(ScriptGap(reason: .untold("$'\(escape)…'"), line: line))
      }
    }
    throw RecipeError(line: start, problem: .unclosedQuote)
  }
}
