extension String {
  /// The columns that the text takes on a terminal: two for a wide East Asian letter or a picture, one
  /// for any other character.
  var columns: Int {
    reduce(0) { $0 + ($1.unicodeScalars.first.map(\.isWide) == true ? 2 : 1) }
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
    value >= 0x1100 && Self.wideBlocks.contains { $0.contains(value) }
  }
}
