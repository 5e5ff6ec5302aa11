import GGUF

/// IQ5_K with 4 rows interleaved. Blocks of 16 have a 6-bit scale.  5.5 bits per weight.
///
///     offset   0   head   see `InterleavedSixBitLevels`
///     offset  64   low    4 bits, see `CodePlane.nibbles`
///     offset 576   high   1 bit: byte 4 r + i, for row r, holds weights i, i + 8, i + 16, i + 24, then
///                         i + 4, i + 12, i + 20, i + 28
///
///     weight = d × level × grid[code]
enum IQ5_K_R4: InterleavedCodeFormat {
  static let type = TensorType.IQ5_K_R4
  static var low: CodePlane { .nibbles(at: 64) }
  static var high: CodePlane? { CodePlane(at: 576, bits: 1, steps: 4, 1, 2) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    InterleavedSixBitLevels.scaling(sixteen, row: row, block, d: d, .iq5nl)
  }
}
