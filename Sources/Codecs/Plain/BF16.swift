import GGUF
import KernelsC

/// The upper half of a 32-bit float, rounded to nearest even.  16 bits per weight.
enum BF16: RowFormat {
  static let type = TensorType.BF16

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let halves = row.assumingMemoryBound(to: UInt16.self)
    Kernels.active.pointee.bfloat_to_float(halves, weights.baseAddress!, Int32(weights.count))
  }

  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into row: UnsafeMutableRawPointer
  ) {
    let halves = row.assumingMemoryBound(to: UInt16.self)
    Kernels.active.pointee.float_to_bfloat(weights.baseAddress!, halves, Int32(weights.count))
  }
}
