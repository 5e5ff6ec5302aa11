import GGUF

/// Q6_0 with 4 rows interleaved. 32 weights share a half-precision scale.  6.5 bits per weight.
///
///     offset  0   d       4 × Float16
///     offset  8   high    2 bits: byte 4 r + i, for row r, holds weights i, i + 4, i + 8, i + 12; 16
///                         bytes on, the weights 16 further on
///     offset 40   low     4 bits, see `CodePlane.nibbles`
///
///     weight = d × code − 32 × d
enum Q6_0_R4: InterleavedCodeFormat {
  static let type = TensorType.Q6_0_R4
  static var low: CodePlane { .nibbles(at: 40) }
  static var high: CodePlane? { .pairs(at: 8) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .linear(scale: d, minimum: 32 * d)
  }
}
