import GGUF

/// A value in JSON. Members keep their order, and stand twice where they do.
enum JSONValue {
  case object([(name: String, value: JSONValue)])
  case array
  case text(String)
  /// A number, `true`, `false` or `null`.
  case other
}

/// Reads JSON (RFC 8259). What a recipe has no use for is checked and left out.
struct JSONReader {
  /// How deep values may nest.
  private static let deepest = 100

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// What is wrong, and at which byte.
  struct Fault: ClassifiedError {
    let expected: String
    let offset: Int

    var kind: ErrorKind { .badInput }
    var description: String { "\(expected) should stand at byte \(offset)" }
  }

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The one value that the text is.
  mutating func read() throws(Fault) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw fault("the end") }
    return value
  }

  private func fault(_ expected: String) -> Fault { Fault(expected: expected, offset: position) }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = peek, ByteSet(" \t\n\r").contains(byte) { position += 1 }
  }

  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(Fault) -> JSONValue {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw fault("a value that nests less deep") }
    if take("{") { return .object(try members()) }
    if take("[") {
      if take("]") { return .array }
      repeat { _ = try value() } while take(",")
      guard take("]") else { throw fault("‘,’ or ‘]’") }
      return .array
    }
    if peek == UInt8(ascii: "\"") { return .text(try text()) }
    return try word()
  }

  private mutating func members() throws(Fault) -> [(name: String, value: JSONValue)] {
    var members: [(name: String, value: JSONValue)] = []
    if take("}") { return members }
    repeat {
      skipSpace()
      let name = try text()
      guard take(":") else { throw fault("‘:’") }
      members.append((name, try value()))
    } while take(",")
    guard take("}") else { throw fault("‘,’ or ‘}’") }
    return members
  }

  /// A number, `true`, `false` or `null`.
  private mutating func word() throws(Fault) -> JSONValue {
    let start = position
    while let byte = peek, Self.wordBytes.contains(byte) { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    let isNumber = Double(word) != nil && word.utf8.contains(where: ByteSet.digits.contains)
    guard isNumber || ["true", "false", "null"].contains(word) else {
      position = start
      throw fault("a value")
    }
    return .other
  }

  private static let wordBytes = {
    var set = ByteSet("+-.")
    set.formUnion(.letters)
    set.formUnion(.digits)
    return set
  }()

  private mutating func text() throws(Fault) -> String {
    guard peek == UInt8(ascii: "\"") else { throw fault("a text in quotes") }
    position += 1
    var text: [UInt8] = []
    while let byte = peek, byte >= 0x20 {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      default: text.append(byte)
      }
    }
    throw fault("‘\"’")
  }

  private mutating func escape() throws(Fault) -> [UInt8] {
    guard let byte = peek else { throw fault("an escape") }
    position += 1
    if byte == UInt8(ascii: "u") { return try Array(String(scalar()).utf8) }
    guard let meant = Self.escapes[byte] else {
      position -= 1
      throw fault("an escape")
    }
    return [meant]
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    UInt8(ascii: "/"): UInt8(ascii: "/"), UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12,
    UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
  ]

  /// What follows `\u`, with its other half where it is one.
  private mutating func scalar() throws(Fault) -> Character {
    let first = try unit()
    if let scalar = Unicode.Scalar(first) { return Character(scalar) }
    guard (0xD800..<0xDC00).contains(first), peek == UInt8(ascii: "\\") else {
      throw fault("a character")
    }
    position += 1
    guard peek == UInt8(ascii: "u") else { throw fault("a character") }
    position += 1
    let second = try unit()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("a character") }
    return Character(scalar)
  }

  private mutating func unit() throws(Fault) -> UInt32 {
    guard position + 4 <= bytes.count,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw fault("four hexadecimal digits") }
    position += 4
    return unit
  }
}
