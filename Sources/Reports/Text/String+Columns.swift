extension String {
  /// The columns that the text takes on a terminal: two for a wide East Asian letter or a picture, one
  /// for any other character.
  package var columns: Int { reduce(0) { $0 + $1.columns } }

  /// The text without the spaces at its end.
  var trimmedAtEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// The text in parts of at most so many columns, cut behind a space, or else a bar or a stop, where there is one. At least one
  /// part.
  func wrapped(to width: Int) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while String(rest).columns > width {
      let most = rest.prefix(max(1, rest.prefix(columns: width).count))
      let place = most.lastIndex(of: " ") ?? most.lastIndex { "|,.".contains($0) }
      let end = place.map { rest.index(after: $0) } ?? most.endIndex
      parts.append(String(rest[..<end]).trimmedAtEnd)
      rest = rest[end...]
    }
    if !rest.isEmpty || parts.isEmpty { parts.append(String(rest)) }
    return parts
  }
}

extension StringProtocol {
  /// As many characters from the start as fit in these columns.
  fileprivate func prefix(columns limit: Int) -> SubSequence {
    var used = 0
    return prefix { character in
      used += character.columns
      return used <= limit
    }
  }
}

extension Character {
  fileprivate var columns: Int {
    if unicodeScalars.first.map(\.isWide) == true { return 2 }
    // The selector that asks for the picture of a sign.
    return unicodeScalars.contains("\u{FE0F}") ? 2 : 1
  }
}

extension Unicode.Scalar {
  /// Blocks whose letters Unicode's EastAsianWidth.txt (16.0) gives as wide or full width. The few
  /// narrow ones that lie between are taken for wide.
  private static let wideBlocks: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x18D08, 0x1AFF0...0x1B2FB, 0x1F300...0x1F64F, 0x1F680...0x1F6FC,
    0x1F900...0x1FAF8, 0x20000...0x3FFFD,
  ]

  fileprivate var isWide: Bool {
    value >= 0x1100
      && (properties.isEmojiPresentation || Self.wideBlocks.contains { $0.contains(value) })
  }
}
