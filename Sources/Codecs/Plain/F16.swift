import GGUF
import KernelsC

/// IEEE 754 half precision, rounded to nearest even.  16 bits per weight.
///
/// A weight beyond 65504 becomes infinite.
enum F16: PlainFormat {
  static let type = TensorType.F16

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let halves = row.assumingMemoryBound(to: UInt16.self)
    Kernels.active.pointee.half_to_float(halves, weights.baseAddress!, Int32(weights.count))
  }

  static func write(
    _ weights: UnsafePointer<Float>, count: Int, into bytes: UnsafeMutableRawPointer
  ) {
    let halves = bytes.assumingMemoryBound(to: UInt16.self)
    Kernels.active.pointee.float_to_half(weights, halves, Int32(count))
  }
}
