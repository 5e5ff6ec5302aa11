import GGUF

/// IQ3_K with 4 rows interleaved. Blocks of 16 have a 4-bit scale and its sign.  3.4375 bits per weight.
///
///     offset   0   d        4 × Float16
///     offset   8   shifts   byte r, for row r, holds bit b of the even blocks 2 b, byte 4 + r of the odd
///                           ones: the block uses the grid moved by 4
///     offset  16   signs    64 × 1 bit, see `SpreadBits`: number 4 b + r is of block b of row r; its
///                           level is negative
///     offset  24   levels   64 × 4 bits, in the same order
///     offset  56   low      2 bits, see `CodePlane.pairs`
///     offset 312   high     1 bit: byte 4 r + i, for row r, holds weights i, i + 4 … i + 28
///
///     weight = d × ±(2 level + 1) × grid[code]
enum IQ3_K_R4: InterleavedCodeFormat {
  static let type = TensorType.IQ3_K_R4
  static var low: CodePlane { .pairs(at: 56) }
  static var high: CodePlane? { CodePlane(at: 312, bits: 1, steps: 1, 2, 4) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    let number = 4 * sixteen + row
    let sign = SpreadBits.number(number, bits: 1, in: block + 16, count: 8)
    let magnitude = 2 * SpreadBits.number(number, bits: 4, in: block + 24, count: 32) + 1
    let shifts = block.byte(8 + sixteen % 2 * 4 + row)
    return .grid(
      .iq3nl, shifted: shifts >> (sixteen / 2) & 1 != 0,
      scale: d * Float(magnitude * (1 - 2 * sign)))
  }
}
