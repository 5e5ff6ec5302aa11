/// A cursor over the bytes of a script.
struct ShellInput {
  let bytes: [UInt8]
  private(set) var position = 0
  /// The line of the next byte.
  private(set) var line: Int

  /// A cursor at the start of a text that begins in a line.
  init(_ bytes: [UInt8], firstLine: Int) {
    self.bytes = bytes
    line = firstLine
  }

  var isAtEnd: Bool { position >= bytes.count }
  var peek: UInt8? { isAtEnd ? nil : bytes[position] }

  /// The byte after so many others.
  func peek(_ distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  /// Moves past the next byte, which there is.
  @discardableResult mutating func take() -> UInt8 {
    let byte = bytes[position]
    position += 1
    if byte == UInt8(ascii: "\n") { line += 1 }
    return byte
  }

  /// Whether a text comes next.
  func begins(with text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes[min(position, bytes.count)...].starts(with: $0) }
  }

  /// Moves past a text where it comes next.
  mutating func take(_ text: StaticString) -> Bool {
    guard begins(with: text) else { return false }
    for _ in 0..<text.utf8CodeUnitCount { take() }
    return true
  }

  /// Moves past bytes of a set, and gives them.
  mutating func take(while set: ByteSet) -> String {
    let start = position
    while let byte = peek, set.contains(byte) { take() }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Moves past spaces, tabs, continued lines and a comment.
  mutating func skipBlanks() {
    while let byte = peek {
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        take()
      } else if byte == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "\n") {
        take()
        take()
      } else if byte == UInt8(ascii: "#") {
        while let byte = peek, byte != UInt8(ascii: "\n") { take() }
      } else {
        return
      }
    }
  }

  /// The next line without its end, past which the cursor moves.
  mutating func takeLine() -> ScriptText {
    var text = ScriptText()
    while let byte = peek {
      let line = line
      take()
      if byte == UInt8(ascii: "\n") { break }
      text.append(byte, line: line)
    }
    return text
  }
}

extension ByteSet {
  /// What ends a word of a shell unless it is quoted.
  static let shellMeta = ByteSet(" \t\n;|&()<>")
  /// What a shell divides words at.
  static let shellSpaces = ByteSet(" \t\n")
}
