import KernelsC

/// A row brought to a range in which single precision neither overflows nor vanishes: the weights
/// times a power of two, so exactly, to a largest magnitude in [1, 2); the importances divided by
/// their mean.
///
/// A column without importance keeps a millionth of the mean, so that no block is left without a
/// scale of its own.
struct NormalizedRow: ~Copyable {
  let count: Int
  /// The original weights are `x × 2^exponent`.
  let exponent: Int
  /// Whether every weight is zero.
  let isZero: Bool
  private let storage: UnsafeMutablePointer<Float>

  var x: UnsafePointer<Float> { UnsafePointer(storage) }
  var w: UnsafePointer<Float> { UnsafePointer(storage + count) }

  init(_ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?) {
    count = weights.count
    storage = .allocate(capacity: 2 * count)
    // The bits of magnitudes are in their order, and integers are compared side by side.
    var bits: UInt32 = 0
    for value in weights { bits = max(bits, value.bitPattern & 0x7fff_ffff) }
    let largest = Float(bitPattern: bits)
    isZero = largest == 0
    exponent = isZero ? 0 : max(Int(largest.exponent), -126)
    let factor = Float(sign: .plus, exponent: -exponent, significand: 1)
    for j in 0..<count { storage[j] = weights[j] * factor }
    let w = storage + count
    guard let importance else {
      (storage + count).initialize(repeating: 1, count: count)
      return
    }
    // Four sums do not wait for one another. Rows are blocks of 32.
    var sums = (0.0, 0.0, 0.0, 0.0)
    for j in stride(from: 0, to: count, by: 4) {
      sums.0 += Double(importance[j])
      sums.1 += Double(importance[j + 1])
      sums.2 += Double(importance[j + 2])
      sums.3 += Double(importance[j + 3])
    }
    let sum = (sums.0 + sums.1) + (sums.2 + sums.3)
    guard sum > 0 else {
      (storage + count).initialize(repeating: 1, count: count)
      return
    }
    let inverse = Double(count) / sum
    for j in 0..<count { w[j] = Float(Double(importance[j]) * inverse + 1e-6) }
  }

  deinit { storage.deallocate() }

  /// The block of `size` weights that begins at `start`.
  func block(at start: Int, size: Int) -> WeightedBlock {
    WeightedBlock(x: x + start, w: w + start, count: size)
  }

  /// The nearest half to a scale of the original row, as a scale of the normalised one.
  func roundedToHalf(_ scale: Float) -> Float {
    rk_half_to_float(halfBits(scale)) * Float(sign: .plus, exponent: -exponent, significand: 1)
  }

  /// The bits of the half nearest to `scale × 2^exponent`; at most the largest finite half.
  func halfBits(_ scale: Float) -> UInt16 {
    rk_float_to_half(min(max(original(scale), -65504), 65504))
  }

  /// `scale × 2^exponent`, or the largest scale whose `factor`-fold is still finite.
  func original(_ scale: Float, times factor: Float = 1) -> Float {
    let original = scale * Float(sign: .plus, exponent: exponent, significand: 1)
    let most = Float.greatestFiniteMagnitude / max(factor, 1) * (1 - 1e-6)
    return max(-most, min(original, most))
  }
}
