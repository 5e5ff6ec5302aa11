import GGUF

/// Q4_K with 4 rows interleaved. Blocks of 32 have a 6-bit scale and a 6-bit minimum.  4.5 bits per
/// weight.
///
///     offset   0   d, dmin            4 × Float16 each
///     offset  16   levels, minimums   see `InterleavedKLevels`
///     offset  64   codes              4 bits, see `CodePlane.nibbles`
///
///     weight = d × level × code − dmin × minimum
enum Q4_K_R4: InterleavedCodeFormat {
  static let type = TensorType.Q4_K_R4
  static var low: CodePlane { .nibbles(at: 64) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    InterleavedKLevels.scaling(sixteen, row: row, block, d: d)
  }
}
