import GGUF

/// IQ2_K with 4 rows interleaved. Blocks of 16 have a 4-bit scale.  2.375 bits per weight.
///
///     offset   0   d        4 × Float16
///     offset   8   shifts   byte r, for row r, holds bit b of the even blocks 2 b, byte 4 + r of the odd
///                           ones: the block uses the grid moved by 5
///     offset  16   levels   64 × 4 bits, see `SpreadBits`: level 4 b + r is of block b of row r
///     offset  48   codes    2 bits, see `CodePlane.pairs`
///
///     weight = d × (level − 8) × grid[code]
enum IQ2_K_R4: InterleavedCodeFormat {
  static let type = TensorType.IQ2_K_R4
  static var low: CodePlane { .pairs(at: 48) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    let level = SpreadBits.number(4 * sixteen + row, bits: 4, in: block + 16, count: 32)
    let shifts = block.byte(8 + sixteen % 2 * 4 + row)
    return .grid(
      .iq2nl, shifted: shifts >> (sixteen / 2) & 1 != 0,
      scale: d * Float(level - 8))
  }
}
