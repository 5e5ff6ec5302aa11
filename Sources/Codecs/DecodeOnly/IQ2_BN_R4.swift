import GGUF

/// Ternary weights of 4 rows, interleaved; each row has one scale.  2 bits per weight, and 4 bytes a
/// row.
///
///     group start   d       4 × Float32
///     offset   0    codes   2 bits, see `CodePlane.pairs`
///
///     weight = d × (code − 1)
enum IQ2_BN_R4: InterleavedCodeFormat {
  static let type = TensorType.IQ2_BN_R4
  static var low: CodePlane { .pairs(at: 0) }

  static func scale(_ row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer) -> Float {
    headers.single(4 * row)
  }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .linear(scale: d, bias: 1)
  }
}
