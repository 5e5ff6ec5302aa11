/// The 32 bits in which IQ2_XXS and IQ3_XXS keep the signs and the level of a block of 32: bits
/// 7g … 7g + 6 are signs of weights 8g … 8g + 6, and 28 … 31 the level. The sign of weight 8g + 7
/// makes the number of negative ones even.
enum SignsAndLevel {
  static func pack(
    _ blocks: CodebookMatches, _ block: Int, into bytes: UnsafeMutableRawPointer
  ) {
    var bits = (Int(blocks.levels[block]) / 2) << 28
    for g in 0..<4 { bits |= (Int(blocks.marks[4 * block + g]) & 127) << (7 * g) }
    bytes.setWord(0, bits)
    bytes.setWord(2, bits >> 16)
  }

  /// 2 level + 1.
  @inline(__always)
  static func level(_ bytes: UnsafeRawPointer) -> Float { Float(2 * (bytes.byte(3) >> 4) + 1) }

  /// The factors of group g.
  @inline(__always)
  static func signs(_ bytes: UnsafeRawPointer, _ g: Int) -> UnsafePointer<Float> {
    Signs.even((bytes.word(0) | bytes.word(2) << 16) >> (7 * g) & 127)
  }
}
