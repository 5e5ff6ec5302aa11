/// Reads one JSON document, by the letter of RFC 8259. Of members with one name none is chosen: they are refused.
package struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0

  /// What is wrong with a text that is to be JSON.
  package struct Problem: ClassifiedError, Equatable {
    /// How many bytes stand before the place.
    package let offset: Int
    /// What is wrong there.
    package let text: String

    /// The input is at fault.
    package var kind: ErrorKind { .badInput }
    /// What is wrong, and where.
    package var description: String { "\(text) (at byte \(offset))" }
  }

  /// The value that a text holds.
  ///
  /// - Throws: what is wrong with it.
  package static func value(of text: String) throws(Problem) -> JSONValue {
    var reader = JSONReader(bytes: Array(text.utf8))
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == reader.bytes.count else {
      throw reader.problem("something follows the value")
    }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Arrays and objects may stand within as many others.
  private static let depthLimit = 64

  private func problem(_ text: String) -> Problem { Problem(offset: position, text: text) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(Problem) -> JSONValue {
    guard depth <= Self.depthLimit else { throw problem("too many levels within one another") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"): return try number()
    case let digit? where Self.isDigit(digit): return try number()
    default: return try word()
    }
  }

  private mutating func object(depth: Int) throws(Problem) -> OrderedObject<JSONValue> {
    position += 1
    var object = OrderedObject<JSONValue>()
    skipSpace()
    if skip("}") { return object }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw problem("the name of a member is missing") }
      let key = try string()
      guard object[key] == nil else { throw problem("a second member is named ‘\(key.escaped)’") }
      skipSpace()
      guard skip(":") else { throw problem("a colon is missing") }
      object[key] = try value(depth: depth + 1)
      skipSpace()
    } while skip(",")
    guard skip("}") else { throw problem("an object does not end") }
    return object
  }

  private mutating func array(depth: Int) throws(Problem) -> [JSONValue] {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if skip("]") { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while skip(",")
    guard skip("]") else { throw problem("an array does not end") }
    return elements
  }

  private mutating func word() throws(Problem) -> JSONValue {
    let words: [(name: String, value: JSONValue)] = [
      ("null", .null), ("true", .bool(true)), ("false", .bool(false)),
    ]
    for word in words where bytes[position...].starts(with: word.name.utf8) {
      position += word.name.utf8.count
      return word.value
    }
    throw problem("a value is missing")
  }

  private mutating func number() throws(Problem) -> JSONValue {
    let start = position
    _ = skip("-")
    if !skip("0") { try digits() }
    var isInteger = true
    if skip(".") {
      isInteger = false
      try digits()
    }
    if skip("e") || skip("E") {
      isInteger = false
      if !skip("+") { _ = skip("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .int(value) }
    if !isInteger, let value = Double(text), value.isFinite { return .double(value) }
    throw problem("a number is too large")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func digits() throws(Problem) {
    let start = position
    while let byte = next, Self.isDigit(byte) { position += 1 }
    guard position > start else { throw problem("a digit is missing") }
  }

  private mutating func string() throws(Problem) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += String(try escape()).utf8
      case 0..<0x20: throw problem("a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw problem("a string does not end")
  }

  private mutating func escape() throws(Problem) -> Unicode.Scalar {
    guard let byte = next else { throw problem("a string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try escapedScalar()
    default: throw problem("an escape is not known")
    }
  }

  private mutating func escapedScalar() throws(Problem) -> Unicode.Scalar {
    let first = try escapedUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard UTF16.isLeadSurrogate(first), skip("\\"), skip("u") else {
      throw problem("half a character is escaped")
    }
    let second = try escapedUnit()
    guard UTF16.isTrailSurrogate(second) else { throw problem("half a character is escaped") }
    return UTF16.decode(UTF16.EncodedScalar([first, second]))
  }

  private mutating func escapedUnit() throws(Problem) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    let isHexadecimal = digits.allSatisfy { Unicode.Scalar($0).properties.isASCIIHexDigit }
    guard digits.count == 4, isHexadecimal,
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw problem("an escape lacks its four digits") }
    position += 4
    return unit
  }
}
