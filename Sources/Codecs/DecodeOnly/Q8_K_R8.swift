import GGUF

/// 8 rows interleaved; 256 weights share a half-precision scale.  8.0625 bits per weight.
///
///     offset  0   d       8 × Float16
///     offset 16   codes   8 bits, signed; four of each row at a time
///
///     weight = d × code
enum Q8_K_R8: InterleavedCodeFormat {
  static let type = TensorType.Q8_K_R8
  static var low: CodePlane { .bytes(at: 16, rows: 8, signed: true) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .linear(scale: d, bias: 128)
  }
}
