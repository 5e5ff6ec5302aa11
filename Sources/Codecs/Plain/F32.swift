import GGUF

/// 32-bit floats, little-endian.  32 bits per weight.
enum F32: PlainFormat {
  static let type = TensorType.F32

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    UnsafeMutableRawBufferPointer(weights).copyMemory(
      from: UnsafeRawBufferPointer(start: row, count: 4 * weights.count))
  }

  static func write(
    _ weights: UnsafePointer<Float>, count: Int, into bytes: UnsafeMutableRawPointer
  ) {
    bytes.copyMemory(from: weights, byteCount: 4 * count)
  }
}
