import GGUF
import KernelsC

/// IEEE 754 half precision, rounded to nearest even.  16 bits per weight.
///
/// A weight beyond 65504 becomes infinite.
enum F16: RowFormat {
  static let type = TensorType.F16

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let halves = row.assumingMemoryBound(to: UInt16.self)
    Kernels.active.pointee.half_to_float(halves, weights.baseAddress!, Int32(weights.count))
  }

  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into row: UnsafeMutableRawPointer
  ) {
    let halves = row.assumingMemoryBound(to: UInt16.self)
    Kernels.active.pointee.float_to_half(weights.baseAddress!, halves, Int32(weights.count))
  }
}
