import GGUF

/// Q4_0 with 8 rows interleaved. 32 weights share a half-precision scale.  4.5 bits per weight.
///
///     offset  0   d       8 × Float16
///     offset 16   codes   in each 32 bytes, byte 4 r + i holds weights i and i + 16 of row r; the next
///                         32 bytes, weights i + 4 and i + 20
///
///     weight = d × (code − 8)
enum Q4_0_R8: InterleavedCodeFormat {
  static let type = TensorType.Q4_0_R8
  static var low: CodePlane { CodePlane(at: 16, bits: 4, steps: 256, 512, 4) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .linear(scale: d, bias: 8)
  }
}
