import GGUF

/// IQ4_K with 4 rows interleaved. Blocks of 16 have a 6-bit scale.  4.5 bits per weight.
///
///     offset   0   head    see `InterleavedSixBitLevels`
///     offset  64   codes   4 bits, see `CodePlane.nibbles`
///
///     weight = d × level × grid[code]
enum IQ4_K_R4: InterleavedCodeFormat {
  static let type = TensorType.IQ4_K_R4
  static var low: CodePlane { .nibbles(at: 64) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    InterleavedSixBitLevels.scaling(sixteen, row: row, block, d: d, .iq4k)
  }
}
