import KernelsC

/// The pseudo-random sequence that a trellis type stores seeds of instead of codes.
///
/// A seed, with `offset` added, is multiplied once per weight by the constant 0xCBAC1FED modulo
/// 2³². A value is the sum of the low six bits of the product's four bytes, less 126: an integer in
/// −126 … 126 that is nearly normally distributed, with a standard deviation of 36.9.
/// (ik_llama.cpp, `iqk_quantize.cpp`.)
struct TrellisGenerator: Sendable {
  /// The weights that a seed stands for: 4 or 8.
  let group: Int
  var offset = 4096
  /// Whether the values are magnitudes, their signs stored beside them.
  var magnitudes = false

  static let standardDeviation: Float = 36.9

  /// Writes scale × value for `count` weights, a multiple of 16.
  @inline(__always)
  func values(
    of seeds: UnsafePointer<UInt16>, count: Int, scale: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    Kernels.active.pointee.trellis_values(
      seeds, Int32(count), Int32(group), Int32(offset), magnitudes ? 1 : 0, scale, weights)
  }
}
