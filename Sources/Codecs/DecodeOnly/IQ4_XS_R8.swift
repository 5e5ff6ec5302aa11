import GGUF

/// IQ4_XS with 8 rows interleaved. Blocks of 32 have a 6-bit scale.  4.25 bits per weight.
///
///     offset   0   d        8 × Float16
///     offset  16   levels   64 × 6 bits, see `SpreadBits`: level 8 b + r is of block b of row r
///     offset  64   codes    4 bits: in each 32 bytes, byte 4 r + i holds weights i and i + 4 of row r;
///                           the next 32 bytes, weights i + 8 and i + 12
///
///     weight = d × level × grid[code]
enum IQ4_XS_R8: InterleavedCodeFormat {
  static let type = TensorType.IQ4_XS_R8
  static var low: CodePlane { CodePlane(at: 64, bits: 4, steps: 4, 256, 512) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    let level = SpreadBits.sixBitLevel(
      8 * (sixteen / 2) + row, high: block + 16, low: block + 32)
    return .grid(.iq4nl, shifted: false, scale: d * level)
  }
}
