import GGUF

/// Q8_0 with 8 rows interleaved. 32 weights share a half-precision scale.  8.5 bits per weight.
///
///     offset  0   d       8 × Float16
///     offset 16   codes   8 bits, signed; four of each row at a time
///
///     weight = d × code
enum Q8_0_R8: InterleavedCodeFormat {
  static let type = TensorType.Q8_0_R8
  static var low: CodePlane { .bytes(at: 16, rows: 8, signed: true) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .linear(scale: d, bias: 128)
  }
}
