/// The head that IQ4_K and IQ5_K share: d at 0, shifts at 2, and sixteen 6-bit levels, biased by 32,
/// whose high two bits are at 4 (byte b / 4) and low four at 8 (byte b / 2).
enum SixBitLevels {
  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    bytes.setWord(0, Int(scale))
    for block in 0..<16 {
      let level = Int(blocks.levels[block]) + 32
      bytes.orByte(2 + block / 8, Int(blocks.shifted[block]) << (block % 8))
      bytes.orByte(4 + block / 4, (level >> 4) << (block % 4 * 2))
      bytes.orByte(8 + block / 2, (level & 15) << (block % 2 * 4))
    }
  }

  @inline(__always)
  static func isShifted(_ bytes: UnsafeRawPointer, _ block: Int) -> Bool {
    bytes.word(2) >> block & 1 != 0
  }

  /// The level of a block.
  @inline(__always)
  static func level(_ bytes: UnsafeRawPointer, _ block: Int) -> Int {
    let high = bytes.byte(4 + block / 4) >> (block % 4 * 2) & 3
    let low = bytes.byte(8 + block / 2) >> (block % 2 * 4) & 15
    return (low | high << 4) - 32
  }
}
