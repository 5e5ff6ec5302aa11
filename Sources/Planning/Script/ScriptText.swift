/// A text that a script makes, byte by byte, with the line of the script that each byte comes from and with gaps
/// where it takes more than the script to tell.
struct ScriptText: Sendable, Equatable {
  /// What stands in place of a gap: no byte of UTF-8.
  static let gapMark: UInt8 = 0xFF

  /// The bytes, a `gapMark` for each gap.
  private(set) var bytes: [UInt8] = []
  /// The line of each byte, counted from 1.
  private(set) var lines: [Int32] = []
  /// The gaps in their order.
  private(set) var gaps: [ScriptGap] = []

  init() {}

  /// A text that stands in one line of the script.
  init(_ text: some StringProtocol, line: Int) {
    for byte in text.utf8 { append(byte, line: line) }
  }

  /// Nothing but a gap.
  init(_ gap: ScriptGap) { append(gap) }

  var isEmpty: Bool { bytes.isEmpty }
  var count: Int { bytes.count }
  /// The line that the text begins in, or nil.
  var firstLine: Int? { lines.first.map(Int.init) }

  mutating func append(_ byte: UInt8, line: Int) {
    bytes.append(byte)
    lines.append(Int32(clamping: line))
  }

  mutating func append(_ gap: ScriptGap) {
    append(Self.gapMark, line: gap.line)
    gaps.append(gap)
  }

  mutating func append(_ other: ScriptText) {
    bytes += other.bytes
    lines += other.lines
    gaps += other.gaps
  }

  /// A stretch of the text.
  subscript(range: Range<Int>) -> ScriptText {
    var part = ScriptText()
    part.bytes = Array(bytes[range])
    part.lines = Array(lines[range])
    if !gaps.isEmpty {
      let before = bytes[..<range.lowerBound].count { $0 == Self.gapMark }
      part.gaps = Array(gaps[before...].prefix(part.bytes.count { $0 == Self.gapMark }))
    }
    return part
  }

  /// The parts between bytes of a set; empty ones too.
  func split(at separators: ByteSet) -> [ScriptText] {
    var parts: [ScriptText] = []
    var start = 0
    for end in bytes.indices where separators.contains(bytes[end]) {
      parts.append(self[start..<end])
      start = end + 1
    }
    parts.append(self[start..<count])
    return parts
  }

  /// The text without line ends at its end, as `$(…)` leaves it.
  var withoutLineEnds: ScriptText {
    var end = count
    while end > 0, bytes[end - 1] == UInt8(ascii: "\n") { end -= 1 }
    return end == count ? self : self[0..<end]
  }

  /// The text as a string; gaps are shown as `…`.
  var string: String {
    let text = bytes.flatMap { $0 == Self.gapMark ? Array("…".utf8) : [$0] }
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether both say the same, wherever they stand.
  func says(_ other: ScriptText) -> Bool {
    bytes == other.bytes && gaps.map(\.reason) == other.gaps.map(\.reason)
  }

  /// Whether it says just this.
  func says(_ text: String) -> Bool { gaps.isEmpty && bytes.elementsEqual(text.utf8) }
}

/// A place of a text that a script alone does not tell.
struct ScriptGap: Sendable, Equatable {
  /// Why it does not.
  let reason: Reason
  /// The line of the script.
  let line: Int
  /// Whether a shell would divide what stands there into words, so that it may be any number of them.
  var isDivided = false

  /// Why a script does not tell a text.
  enum Reason: Sendable, Equatable {
    /// A variable that it never sets.
    case unset(String)
    /// Something that only a shell can tell: what it is, in the words of the script.
    case untold(String)
    /// This variable or file is set where it depends on something whether the script comes there.
    case conditional(String)
  }

  /// The error that it is where the text matters.
  var error: RecipeError {
    switch reason {
    case .unset(let name): RecipeError(line: line, problem: .unknownVariable(name))
    case .untold(let what): RecipeError(line: line, problem: .untold(what))
    case .conditional(let name): RecipeError(line: line, problem: .conditional(name))
    }
  }
}
