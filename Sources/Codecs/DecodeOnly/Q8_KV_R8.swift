import GGUF

/// Q8_KV with 8 rows interleaved; each row has one scale.  8 bits per weight, and 4 bytes a row.
///
///     group start  d       8 × Float32
///     offset  0    codes   8 bits, signed; four of each row at a time
///
///     weight = d × code
enum Q8_KV_R8: InterleavedCodeFormat {
  static let type = TensorType.Q8_KV_R8
  static var low: CodePlane { .bytes(at: 0, rows: 8, signed: true) }

  static func scale(_ row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer) -> Float {
    headers.single(4 * row)
  }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .linear(scale: d, bias: 128)
  }
}
