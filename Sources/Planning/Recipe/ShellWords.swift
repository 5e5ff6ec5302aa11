/// Divides a shell script into words as a shell does: quotes and backslashes are resolved, comments
/// left out, nothing is expanded.
struct ShellWords {
  /// A word, and where it begins.
  struct Word: Equatable {
    /// The text without its quotes.
    var text = ""
    /// The line of the word, counted from 1.
    let line: Int
    /// Where in the text, in bytes, its first quote opens; nil where nothing is quoted.
    var quote: Int?
  }

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  /// A cursor at the start of a script.
  init(_ script: String) { bytes = Array(script.utf8) }

  /// The next word, or nil at the end. Throws where a quote is not closed.
  mutating func next() throws(RecipeError) -> Word? {
    skipToWord()
    guard position < bytes.count else { return nil }
    var word = Word(line: line)
    var text: [UInt8] = []
    while let byte = peek, !Self.separators.contains(byte) {
      switch byte {
      case UInt8(ascii: "\\"): if let escaped = takeEscape() { text.append(escaped) }
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        word.quote = word.quote ?? text.count
        text += try takeQuoted()
      default: text.append(take())
      }
    }
    word.text = String(decoding: text, as: UTF8.self)
    return word
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take() -> UInt8 {
    defer { position += 1 }
    if bytes[position] == UInt8(ascii: "\n") { line += 1 }
    return bytes[position]
  }

  /// Moves past what stands between words, continued lines and comments.
  private mutating func skipToWord() {
    while let byte = peek {
      if Self.separators.contains(byte) {
        _ = take()
      } else if byte == UInt8(ascii: "#") {
        while let byte = peek, byte != UInt8(ascii: "\n") { _ = take() }
      } else if byte == UInt8(ascii: "\\"), isContinued(at: position) {
        _ = takeEscape()
      } else {
        return
      }
    }
  }

  /// The byte that a backslash protects; nil for the end of a line, which it removes.
  private mutating func takeEscape() -> UInt8? {
    let isContinued = isContinued(at: position)
    _ = take()
    guard peek != nil else { return UInt8(ascii: "\\") }
    let byte = take()
    return isContinued ? nil : byte
  }

  private func isContinued(at backslash: Int) -> Bool {
    bytes.dropFirst(backslash + 1).first == UInt8(ascii: "\n")
  }

  /// What stands between this quote and the next of its kind. Between double ones a backslash
  /// protects `$`, `` ` ``, `"`, `\` and line ends alone, else it stands for itself.
  private mutating func takeQuoted() throws(RecipeError) -> [UInt8] {
    let start = line
    let quote = take()
    var text: [UInt8] = []
    while let byte = peek {
      if byte == quote {
        _ = take()
        return text
      }
      let follower = bytes.dropFirst(position + 1).first
      if quote == UInt8(ascii: "\""), byte == UInt8(ascii: "\\"),
        let follower, Self.protectable.contains(follower)
      {
        if let escaped = takeEscape() { text.append(escaped) }
      } else {
        text.append(take())
      }
    }
    throw RecipeError(line: start, problem: .unclosedQuote)
  }

  private static let protectable = ByteSet("$`\"\\\n")

  /// What ends a word: white space, and what stands between commands.
  private static let separators = {
    var set = ByteSet(";|&()<>")
    set.formUnion(.spaces)
    return set
  }()
}
