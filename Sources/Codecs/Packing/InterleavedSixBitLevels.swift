/// The head that IQ4_K_R4 and IQ5_K_R4 share.
///
///     offset   0   d        4 × Float16
///     offset   8   shifts   byte r, for row r, holds bit b of the even blocks 2 b, byte 4 + r of the
///                           odd ones: the block uses the moved grid
///     offset  16   levels   64 × 6 bits, see `SpreadBits`: level 4 b + r is of block b of row r
enum InterleavedSixBitLevels {
  @inline(__always)
  static func scaling(
    _ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float, _ grid: Grid
  ) -> Scaling {
    let level = SpreadBits.sixBitLevel(4 * sixteen + row, high: block + 16, low: block + 32)
    let shifts = block.byte(8 + sixteen % 2 * 4 + row)
    return .grid(
      grid, shifted: shifts >> (sixteen / 2) & 1 != 0, scale: d * level)
  }
}
