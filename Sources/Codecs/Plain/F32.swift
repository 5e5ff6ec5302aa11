import GGUF

/// 32-bit floats, little-endian.  32 bits per weight.
enum F32: RowFormat {
  static let type = TensorType.F32

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    UnsafeMutableRawBufferPointer(weights).copyMemory(
      from: UnsafeRawBufferPointer(start: row, count: 4 * weights.count))
  }

  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into row: UnsafeMutableRawPointer
  ) {
    row.copyMemory(from: weights.baseAddress!, byteCount: 4 * weights.count)
  }
}
