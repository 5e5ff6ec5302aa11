import GGUF

/// Q5_K with 4 rows interleaved. Blocks of 32 have a 6-bit scale and a 6-bit minimum.  5.5 bits per
/// weight.
///
///     offset   0   d, dmin            4 × Float16 each
///     offset  16   levels, minimums   see `InterleavedKLevels`
///     offset  64   high               1 bit: byte 4 r + i, for row r, holds weights i, i + 8, i + 4,
///                                     i + 12, then i + 16, i + 24, i + 20, i + 28
///     offset 192   low                4 bits, see `CodePlane.nibbles`
///
///     weight = d × level × code − dmin × minimum
enum Q5_K_R4: InterleavedCodeFormat {
  static let type = TensorType.Q5_K_R4
  static var low: CodePlane { .nibbles(at: 192) }
  static var high: CodePlane? { CodePlane(at: 64, bits: 1, steps: 2, 1, 4) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    InterleavedKLevels.scaling(sixteen, row: row, block, d: d)
  }
}
