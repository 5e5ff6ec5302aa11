import GGUF

/// Q5_0 with 4 rows interleaved. 32 weights share a half-precision scale.  5.5 bits per weight.
///
///     offset  0   d       4 × Float16
///     offset  8   high    1 bit: byte 4 r + i, for row r, holds weights i, i + 16, i + 4, i + 20, then
///                         i + 8, i + 24, i + 12, i + 28
///     offset 24   low     4 bits, see `CodePlane.nibbles`
///
///     weight = d × code − 16 × d
enum Q5_0_R4: InterleavedCodeFormat {
  static let type = TensorType.Q5_0_R4
  static var low: CodePlane { .nibbles(at: 24) }
  static var high: CodePlane? { CodePlane(at: 8, bits: 1, steps: 2, 4, 1) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .linear(scale: d, minimum: 16 * d)
  }
}
