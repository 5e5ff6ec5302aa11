import GGUF

/// IQ4_NL with 4 rows interleaved. 32 weights share a half-precision scale.  4.5 bits per weight.
///
///     offset  0   d       4 × Float16
///     offset  8   codes   4 bits, see `CodePlane.nibbles`
///
///     weight = d × grid[code]
enum IQ4_NL_R4: InterleavedCodeFormat {
  static let type = TensorType.IQ4_NL_R4
  static var low: CodePlane { .nibbles(at: 8) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .grid(.iq4nl, shifted: false, scale: d)
  }
}
