import GGUF
import KernelsC

/// The upper half of a 32-bit float, rounded to nearest even.  16 bits per weight.
enum BF16: PlainFormat {
  static let type = TensorType.BF16

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let halves = row.assumingMemoryBound(to: UInt16.self)
    Kernels.active.pointee.bfloat_to_float(halves, weights.baseAddress!, Int32(weights.count))
  }

  static func write(
    _ weights: UnsafePointer<Float>, count: Int, into bytes: UnsafeMutableRawPointer
  ) {
    let halves = bytes.assumingMemoryBound(to: UInt16.self)
    Kernels.active.pointee.float_to_bfloat(weights, halves, Int32(count))
  }
}
