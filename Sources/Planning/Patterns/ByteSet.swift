/// A set of bytes: what one step of a pattern accepts.
struct ByteSet: Sendable, Equatable {
  private var words = SIMD4<UInt64>.zero

  init() {}

  init(_ byte: UInt8) { insert(byte) }

  init(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }

  /// The bytes of an ASCII string.
  init(_ text: StaticString) {
    text.withUTF8Buffer { for byte in $0 { insert(byte) } }
  }

  func contains(_ byte: UInt8) -> Bool { words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }

  mutating func insert(_ byte: UInt8) { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }

  mutating func formUnion(_ other: ByteSet) { words |= other.words }

  /// The byte of a set of one, else nil.
  var only: UInt8? {
    let count = (0..<4).reduce(0) { $0 + words[$1].nonzeroBitCount }
    guard count == 1 else { return nil }
    return (UInt8.min...UInt8.max).first(where: contains)
  }

  /// Every byte that is not in the set.
  var inverted: ByteSet {
    var result = self
    result.words = ~words
    return result
  }
}

/// The named sets of ECMAScript regular expressions, in the C locale.
extension ByteSet {
  static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
  static let lower = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
  static let upper = ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))
  static let spaces = ByteSet(" \t\n\u{0B}\u{0C}\r")
  static let letters = union(lower, upper)
  static let words = union(letters, digits, ByteSet("_"))
  /// What `.` accepts: everything but line ends.
  static let anyButLineEnds = ByteSet("\n\r").inverted

  /// The set that `[:name:]` stands for within brackets, or nil where no such class exists. As in
  /// libstdc++ the name may be in capitals.
  static func posixClass(_ name: String) -> ByteSet? { posixClasses[name.lowercased()] }

  private static let posixClasses: [String: ByteSet] = [
    "alnum": union(letters, digits), "alpha": letters, "blank": ByteSet(" \t"),
    "cntrl": union(ByteSet(0...31), ByteSet(127)), "d": digits, "digit": digits,
    "graph": ByteSet(33...126), "lower": lower, "print": ByteSet(32...126),
    "punct": union(ByteSet(33...47), ByteSet(58...64), ByteSet(91...96), ByteSet(123...126)),
    "s": spaces, "space": spaces, "upper": upper, "w": words,
    "xdigit": union(digits, ByteSet("abcdefABCDEF")),
  ]

  private static func union(_ sets: ByteSet...) -> ByteSet {
    sets.reduce(into: ByteSet()) { $0.formUnion($1) }
  }
}
