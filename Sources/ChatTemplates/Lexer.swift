/// Cuts a template into tokens. Space around tags goes as transformers has it: the space before a
/// block that begins its line (`lstrip_blocks`), and the line end behind a block (`trim_blocks`).
struct Lexer {
  let source: [Unicode.Scalar]
  var position = 0
  var line = 1
  var tokens: [Token] = []

  /// The tokens of a template, the end included.
  static func tokens(of template: String) throws(ChatTemplateError) -> [Token] {
    var lexer = Lexer(source: normalized(template))
    try lexer.readTemplate()
    lexer.add(.end)
    return lexer.tokens
  }

  /// The template with every line end as a line feed, and without the last one.
  private static func normalized(_ template: String) -> [Unicode.Scalar] {
    var source: [Unicode.Scalar] = []
    var isAfterReturn = false
    for scalar in template.unicodeScalars {
      if scalar != "\n" || !isAfterReturn { source.append(scalar == "\r" ? "\n" : scalar) }
      isAfterReturn = scalar == "\r"
    }
    if source.last == "\n" { source.removeLast() }
    return source
  }

  mutating func add(_ kind: Token.Kind) { tokens.append(Token(line: line, kind: kind)) }

  /// The error of a text that is no template, on a line or the current one.
  func mistake(_ text: String, line: Int? = nil) -> ChatTemplateError {
    ChatTemplateError(line: line ?? self.line, problem: .syntax(text))
  }

  /// The character some places further on.
  func scalar(after distance: Int = 0) -> Unicode.Scalar? {
    position + distance < source.count ? source[position + distance] : nil
  }

  /// Whether the text goes on with this one.
  func stands(_ text: String) -> Bool { source[position...].starts(with: text.unicodeScalars) }

  /// Goes on by some characters, and counts the lines.
  mutating func advance(by count: Int) {
    for scalar in source[position...].prefix(count) where scalar == "\n" { line += 1 }
    position = min(position + count, source.count)
  }

  /// Goes behind this text where it stands here.
  mutating func skip(_ text: String) -> Bool {
    guard stands(text) else { return false }
    advance(by: text.unicodeScalars.count)
    return true
  }

  mutating func skipSpace() {
    while let scalar = scalar(), scalar.isSpace { advance(by: 1) }
  }

  private mutating func readTemplate() throws(ChatTemplateError) {
    while position < source.count {
      guard let tag = nextTag() else {
        addText(source[position...])
        position = source.count
        return
      }
      addText(textBeforeTag(at: tag))
      advance(by: tag - position)
      switch scalar(after: 1) {
      case "#": try skipComment()
      case "{": try readTag(.outputBegin, .outputEnd, close: "}}")
      default:
        if let length = bareTagLength("raw", at: position) {
          try readRaw(tagLength: length)
        } else {
          try readTag(.blockBegin, .blockEnd, close: "%}")
        }
      }
    }
  }

  /// The place of the next tag that begins at or behind the current one.
  private func nextTag() -> Int? {
    (position..<source.count).first { place in
      source[place] == "{" && place + 1 < source.count
        && (source[place + 1] == "{" || source[place + 1] == "%" || source[place + 1] == "#")
    }
  }

  /// The text from here to a tag, without the space that the tag takes away.
  private func textBeforeTag(at tag: Int) -> ArraySlice<Unicode.Scalar> {
    let text = source[position..<tag]
    let sign = tag + 2 < source.count ? source[tag + 2] : nil
    let spaceBegin = text.lastIndex { !$0.isSpace }.map { $0 + 1 } ?? position
    if sign == "-" { return text[..<spaceBegin] }
    if sign == "+" || source[tag + 1] == "{" { return text }
    let isLineBegin = position == 0 || source[position - 1] == "\n"
    guard let lineBegin = text.lastIndex(of: "\n").map({ $0 + 1 }) ?? (isLineBegin ? position : nil)
    else { return text }
    return spaceBegin <= lineBegin ? text[..<lineBegin] : text
  }

  private mutating func addText(_ text: ArraySlice<Unicode.Scalar>) {
    if !text.isEmpty { add(.text(String(text))) }
  }

  /// Goes behind the end of a tag, and behind the space that the end takes away.
  mutating func skipTagEnd(_ close: String) -> Bool {
    if skip("-" + close) {
      skipSpace()
      return true
    }
    if close == "}}" { return skip(close) }
    if skip("+" + close) { return true }
    guard skip(close) else { return false }
    _ = skip("\n")
    return true
  }

  private mutating func skipTagBegin() {
    advance(by: 2)
    if scalar() == "-" || scalar() == "+" { advance(by: 1) }
  }

  private mutating func skipComment() throws(ChatTemplateError) {
    let begin = line
    skipTagBegin()
    while position < source.count {
      if skipTagEnd("#}") { return }
      advance(by: 1)
    }
    throw mistake("a comment does not end", line: begin)
  }

  private mutating func readTag(
    _ begin: Token.Kind, _ end: Token.Kind, close: String
  ) throws(ChatTemplateError) {
    add(begin)
    skipTagBegin()
    try readTokens(until: close)
    add(end)
  }

  /// How long a tag of this word alone is, from its begin to its percent sign; nil where none stands.
  private func bareTagLength(_ word: String, at place: Int) -> Int? {
    var tag = self
    tag.position = place
    guard tag.stands("{%") else { return nil }
    tag.skipTagBegin()
    tag.skipSpace()
    guard tag.skip(word) else { return nil }
    tag.skipSpace()
    let isTag = tag.stands("%}") || tag.stands("-%}") || tag.stands("+%}")
    return isTag ? tag.position - place : nil
  }

  private mutating func readRaw(tagLength: Int) throws(ChatTemplateError) {
    let begin = line
    advance(by: tagLength)
    // The line end behind the tag stays.
    if !skip("%}") { _ = skipTagEnd("%}") }
    for place in position..<source.count where source[place] == "{" {
      guard let length = bareTagLength("endraw", at: place) else { continue }
      addText(textBeforeTag(at: place))
      advance(by: place - position + length)
      _ = skipTagEnd("%}")
      return
    }
    throw mistake("a raw block does not end", line: begin)
  }
}
