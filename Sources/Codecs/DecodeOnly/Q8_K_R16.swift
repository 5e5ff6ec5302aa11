import GGUF

/// 16 rows interleaved; 256 weights share a half-precision scale.  8.0625 bits per weight.
///
///     offset  0   d       16 × Float16
///     offset 32   codes   8 bits; four of each row at a time
///
///     weight = d × code − 128 × d
enum Q8_K_R16: InterleavedCodeFormat {
  static let type = TensorType.Q8_K_R16
  static var low: CodePlane { .bytes(at: 32, rows: 16, signed: false) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .linear(scale: d, minimum: 128 * d)
  }
}
