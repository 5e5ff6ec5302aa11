/// The head that Q4_K and Q5_K share: d at 0, dmin at 2, and at 4 twelve bytes with eight 6-bit
/// levels and eight 6-bit minimums.
///
/// Bytes 0 … 3 hold levels 0 … 3 and bytes 4 … 7 minimums 0 … 3 in their low six bits; byte 8 + b
/// holds the low four bits of level 4 + b and of minimum 4 + b, whose high two bits are the high
/// two of byte b and of byte 4 + b.
enum KLevels {
  static func pack(
    _ blocks: AffineSuperblock, d: UInt16, dmin: UInt16, into bytes: UnsafeMutableRawPointer
  ) {
    bytes.setWord(0, Int(d))
    bytes.setWord(2, Int(dmin))
    for b in 0..<4 {
      let high = (level: Int(blocks.levels[b + 4]), minimum: Int(blocks.minimums[b + 4]))
      bytes.setByte(4 + b, Int(blocks.levels[b]) | (high.level >> 4) << 6)
      bytes.setByte(8 + b, Int(blocks.minimums[b]) | (high.minimum >> 4) << 6)
      bytes.setByte(12 + b, high.level & 15 | (high.minimum & 15) << 4)
    }
  }

  /// The level and the minimum of a block.
  @inline(__always)
  static func levels(_ bytes: UnsafeRawPointer, _ block: Int) -> (level: Int, minimum: Int) {
    let head = bytes + 4
    if block < 4 { return (head.byte(block) & 63, head.byte(block + 4) & 63) }
    return (
      head.byte(block + 4) & 15 | (head.byte(block - 4) >> 6) << 4,
      head.byte(block + 4) >> 4 | (head.byte(block) >> 6) << 4
    )
  }
}
