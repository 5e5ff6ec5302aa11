import GGUF

/// Q3_K with 4 rows interleaved. Blocks of 16 have a 6-bit scale.  3.4375 bits per weight.
///
///     offset   0   d        4 × Float16
///     offset   8   levels   64 × 6 bits, see `SpreadBits`: level 4 b + r is of block b of row r
///     offset  56   high     1 bit: byte 4 r + i, for row r, holds weights i, i + 4 … i + 28
///     offset 184   low      2 bits, see `CodePlane.pairs`
///
///     weight = d × level × (code − 4)
enum Q3_K_R4: InterleavedCodeFormat {
  static let type = TensorType.Q3_K_R4
  static var low: CodePlane { .pairs(at: 184) }
  static var high: CodePlane? { CodePlane(at: 56, bits: 1, steps: 1, 2, 4) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    let level = SpreadBits.sixBitLevel(4 * sixteen + row, high: block + 8, low: block + 24)
    return .linear(scale: d * level, bias: 4)
  }
}
