/// Odd levels 1 … 31 as four bits each, level ÷ 2: byte b / 2, low nibble for even b.
enum OddLevels {
  static func pack(_ blocks: CodebookMatches, into bytes: UnsafeMutableRawPointer) {
    for b in 0..<blocks.count {
      bytes.orByte(b / 2, (Int(blocks.levels[b]) / 2) << (b % 2 * 4))
    }
  }

  @inline(__always)
  static func level(_ bytes: UnsafeRawPointer, _ block: Int) -> Float {
    Float(2 * (bytes.byte(block / 2) >> (block % 2 * 4) & 15) + 1)
  }
}
