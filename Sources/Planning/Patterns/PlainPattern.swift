/// A pattern of bytes in a row, as most are: `blk\.1\.ffn_down`, `^output\.weight$`, `blk.*` without its end.
///
/// It needs no tree and no program, so a recipe of 200,000 of them is read and searched at once.
struct PlainPattern: Sendable {
  /// The bytes in order.
  private let bytes: [UInt8]
  /// The places of `bytes` that stand for any byte but a line end.
  private let wildcards: [Int]
  private let isAtStart: Bool
  private let isAtEnd: Bool

  /// The pattern that a text is; nil where it means more than bytes in a row.
  init?(_ text: some StringProtocol) {
    var rest = Array(text.utf8)[...]
    var bytes: [UInt8] = []
    var wildcards: [Int] = []
    isAtStart = rest.first == UInt8(ascii: "^")
    if isAtStart { rest.removeFirst() }
    var isAtEnd = false
    while let byte = rest.popFirst() {
      guard !isAtEnd else { return nil }
      switch byte {
      case UInt8(ascii: "$"): isAtEnd = true
      case UInt8(ascii: "."):
        wildcards.append(bytes.count)
        bytes.append(byte)
      case UInt8(ascii: "\\"):
        guard let next = rest.popFirst(), ByteSet(".-_/").contains(next) else { return nil }
        bytes.append(next)
      default:
        guard Self.meansItself.contains(byte) else { return nil }
        bytes.append(byte)
      }
    }
    self.bytes = bytes
    self.wildcards = wildcards
    self.isAtEnd = isAtEnd
  }

  private static let meansItself = {
    var set = ByteSet("_-/:,=<>~@#%&;'\"`! ")
    set.formUnion(.letters)
    set.formUnion(.digits)
    set.formUnion(ByteSet(128...255))
    return set
  }()

  /// The longest run of bytes that stands in whatever matches.
  var literal: ArraySlice<UInt8> {
    let bounds = [-1] + wildcards + [bytes.count]
    let runs = zip(bounds, bounds.dropFirst()).map { bytes[$0 + 1..<$1] }
    return runs.max { $0.count < $1.count } ?? []
  }

  /// Where the first match from a place on lies.
  func match(in text: [UInt8], from start: Int = 0) -> Range<Int>? {
    let last = text.count - bytes.count
    let first = isAtEnd ? max(start, last) : start
    let final = isAtStart ? min(0, last) : last
    guard first <= final else { return nil }
    for place in first...final where matches(text, at: place) {
      return place..<place + bytes.count
    }
    return nil
  }

  private func matches(_ text: [UInt8], at place: Int) -> Bool {
    var nextWildcard = 0
    for offset in bytes.indices {
      if nextWildcard < wildcards.count, wildcards[nextWildcard] == offset {
        nextWildcard += 1
        guard ByteSet.anyButLineEnds.contains(text[place + offset]) else { return false }
      } else if bytes[offset] != text[place + offset] {
        return false
      }
    }
    return true
  }
}
