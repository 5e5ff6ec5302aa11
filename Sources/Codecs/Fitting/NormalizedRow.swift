import KernelsC

/// A row brought to a range in which single precision neither overflows nor vanishes: weights and
/// importances times a power of two each, so exactly, to a largest magnitude in [1, 2).
///
/// A column without importance keeps a billionth, so that no block is left without a scale of its own.
struct NormalizedRow: ~Copyable {
  let count: Int
  /// The original weights are `x × 2^exponent`.
  let exponent: Int
  /// Whether every weight is zero.
  var isZero: Bool { Self.magnitude(UnsafeBufferPointer(start: x, count: count)) == 0 }
  private let storage: UnsafeMutablePointer<Float>

  var x: UnsafePointer<Float> { UnsafePointer(storage) }
  var w: UnsafePointer<Float> { UnsafePointer(storage + count) }

  /// - Precondition: the count is a multiple of 16.
  init(_ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?) {
    count = weights.count
    storage = .allocate(capacity: 2 * count)
    exponent = Self.exponent(weights)
    let factor = Self.power(-exponent)
    for j in 0..<count { storage[j] = weights[j] * factor }
    let w = storage + count
    if let importance, importance.contains(where: { $0 > 0 }) {
      let factor = Self.power(-Self.exponent(importance))
      for j in 0..<count { w[j] = importance[j] * factor + 1e-9 }
    } else {
      w.initialize(repeating: 1, count: count)
    }
  }

  /// That of the largest magnitude, of a normal number.
  private static func exponent(_ values: UnsafeBufferPointer<Float>) -> Int {
    let largest = magnitude(values)
    return largest == 0 ? 0 : max(Int(largest.exponent), -126)
  }

  private static func magnitude(_ values: UnsafeBufferPointer<Float>) -> Float {
    let address = values.baseAddress
    return Kernels.active.pointee.summary(address, address, Int32(values.count)).magnitude
  }

  private static func power(_ exponent: Int) -> Float {
    Float(sign: .plus, exponent: exponent, significand: 1)
  }

  deinit { storage.deallocate() }

  /// The block of `size` weights that begins at `start`.
  func block(at start: Int, size: Int) -> WeightedBlock {
    WeightedBlock(x: x + start, w: w + start, count: size)
  }

  /// The nearest half to a scale of the original row, as a scale of the normalised one.
  func roundedToHalf(_ scale: Float) -> Float {
    rk_half_to_float(halfBits(scale)) * Self.power(-exponent)
  }

  /// The same of sixteen scales at once.
  func roundedToHalf(_ scales: Lanes) -> Lanes {
    var original = scales * Self.power(exponent)
    original.replace(with: Lanes(repeating: 65504), where: original .> 65504)
    original.replace(with: Lanes(repeating: -65504), where: original .< -65504)
    let kernels = Kernels.active.pointee
    original.withPointer { scales in
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 16) { halves in
        kernels.float_to_half(scales, halves.baseAddress, 16)
        kernels.half_to_float(halves.baseAddress, scales, 16)
      }
    }
    return original * Self.power(-exponent)
  }

  /// The smallest positive half, as a scale of the normalised row. Where scales round to zero it may
  /// still serve, with small levels.
  var smallestHalf: Float { rk_half_to_float(1) * Self.power(-exponent) }

  /// The bits of the half nearest to `scale × 2^exponent`; at most the largest finite half.
  func halfBits(_ scale: Float) -> UInt16 {
    rk_float_to_half(min(max(original(scale), -65504), 65504))
  }

  /// `scale × 2^exponent`, or the largest scale whose `factor`-fold is still finite.
  func original(_ scale: Float, times factor: Float = 1) -> Float {
    let original = scale * Self.power(exponent)
    let most = Float.greatestFiniteMagnitude / max(factor, 1) * (1 - 1e-6)
    return max(-most, min(original, most))
  }
}
