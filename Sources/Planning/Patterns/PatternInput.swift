/// A cursor over the bytes of a pattern.
struct PatternInput {
  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  /// Bytes from the cursor to the end.
  var remaining: Int { bytes.count - position }

  /// The next byte, or nil at the end.
  var peek: UInt8? { isAtEnd ? nil : bytes[position] }

  mutating func advance() { position += 1 }

  /// Moves past `text` where it comes next.
  mutating func take(_ text: StaticString) -> Bool {
    let follows = text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    if follows { position += text.utf8CodeUnitCount }
    return follows
  }

  /// Moves past the next byte and returns it.
  mutating func next(
    orThrow fault: TensorPatternError.Fault
  ) throws(TensorPatternError.Fault) -> UInt8 {
    guard let byte = peek else { throw fault }
    advance()
    return byte
  }

  /// The text up to `end`, past which the cursor moves, or nil where `end` does not come.
  mutating func text(upTo end: StaticString) -> String? {
    let start = position
    while !isAtEnd {
      let stop = position
      if take(end) { return String(decoding: bytes[start..<stop], as: UTF8.self) }
      advance()
    }
    return nil
  }

  /// What the escape after a backslash stands for.
  ///
  /// As in libstdc++, a letter without a meaning stands for itself, and `\cX` for X, not for a control
  /// character. Back references are refused: no bounded matcher can follow them.
  ///
  /// - Parameter limit: codes `\xHH` are below it. Those beyond ASCII are bytes, of which a letter has several.
  mutating func escape(codesBelow limit: Int = 128) throws(TensorPatternError.Fault) -> ByteSet {
    let byte = try next(orThrow: .dangling)
    switch byte {
    case UInt8(ascii: "d"): return .digits
    case UInt8(ascii: "D"): return ByteSet.digits.inverted
    case UInt8(ascii: "s"): return .spaces
    case UInt8(ascii: "S"): return ByteSet.spaces.inverted
    case UInt8(ascii: "w"): return .words
    case UInt8(ascii: "W"): return ByteSet.words.inverted
    case UInt8(ascii: "0"): return ByteSet(0)
    case UInt8(ascii: "1")...UInt8(ascii: "9"): throw .backReference
    case UInt8(ascii: "f"): return ByteSet(0x0C)
    case UInt8(ascii: "n"): return ByteSet(0x0A)
    case UInt8(ascii: "r"): return ByteSet(0x0D)
    case UInt8(ascii: "t"): return ByteSet(0x09)
    case UInt8(ascii: "v"): return ByteSet(0x0B)
    case UInt8(ascii: "c"): return ByteSet(try next(orThrow: .badEscape))
    case UInt8(ascii: "x"): return ByteSet(try hexadecimal(digits: 2, below: limit))
    case UInt8(ascii: "u"): return ByteSet(try hexadecimal(digits: 4, below: 128))
    default: return ByteSet(byte)
    }
  }

  /// A code written in `digits` hexadecimal digits, which must be below `limit`.
  private mutating func hexadecimal(digits: Int, below limit: Int) throws(TensorPatternError.Fault)
    -> UInt8
  {
    var value = 0
    for _ in 0..<digits {
      let digit = Character(Unicode.Scalar(try next(orThrow: .badEscape)))
      guard let number = digit.hexDigitValue else { throw .badEscape }
      value = value * 16 + number
    }
    guard value < limit else { throw .badEscape }
    return UInt8(value)
  }
}
