import GGUF
import KernelsC

/// A row brought to a range in which single precision neither overflows nor vanishes: weights and
/// importances times a power of two each, so exactly, to a largest magnitude in [1, 2).
///
/// A column that counts for nothing, as zeros do under the heuristic, keeps a billionth, so that no block is left
/// without a scale of its own. Any number from 1e-12 to 1e-5 does as well (`docs/constants.md`).
/// The memory serves one row after another.
final class NormalizedRow {
  /// The columns of a row, a multiple of 16.
  let count: Int
  /// The original weights are `x × 2^exponent`.
  private(set) var exponent = 0
  /// Whether every weight is zero.
  private(set) var isZero = true
  /// 2^exponent and 2^−exponent.
  private var unit: Float = 1
  private var inverseUnit: Float = 1
  private let weights: AlignedBuffer<Float>
  private let importances: AlignedBuffer<Float>
  /// What errors count by when a unit is rounded to another target, where that is something else.
  private var roundingWeights: AlignedBuffer<Float>?

  init(count: Int) {
    self.count = count
    weights = AlignedBuffer(count: count)
    importances = AlignedBuffer(repeating: 1, count: count)
  }

  /// The normalised weights and importances.
  var x: UnsafePointer<Float> { UnsafePointer(weights.start) }
  var w: UnsafePointer<Float> { UnsafePointer(importances.start) }

  /// The block of `size` weights that begins at `start`.
  func block(at start: Int, size: Int) -> WeightedBlock {
    WeightedBlock(x: x + start, w: w + start, count: size)
  }

  /// Takes a row.
  func load(_ row: UnsafeBufferPointer<Float>) {
    let largest = Self.magnitude(row)
    isZero = largest == 0
    exponent = Self.exponent(largest)
    unit = Self.power(exponent)
    inverseUnit = Self.power(-exponent)
    // Locals: what is written cannot change them.
    let (x, factor) = (weights.start, inverseUnit)
    for j in 0..<count { x[j] = row[j] * factor }
  }

  /// Takes the importances of the columns; nil, or none above zero, weighs all alike.
  func weigh(by importance: UnsafeBufferPointer<Float>?) {
    normalize(importance, into: importances)
  }

  /// Takes what errors count by when units are rounded to other targets, in place of the importances.
  func weighRounding(by weights: UnsafeBufferPointer<Float>) {
    let room = roundingWeights ?? AlignedBuffer(count: count)
    roundingWeights = room
    normalize(weights, into: room)
  }

  private func normalize(
    _ importance: UnsafeBufferPointer<Float>?, into room: AlignedBuffer<Float>
  ) {
    let w = room.start
    let largest = importance.map { Self.magnitude($0) } ?? 0
    guard let importance, largest > 0 else {
      w.update(repeating: 1, count: count)
      return
    }
    let factor = Self.power(-Self.exponent(largest))
    for j in 0..<count { w[j] = importance[j] * factor + 1e-9 }
  }

  /// The exponent of a magnitude as of a normal number.
  private static func exponent(_ magnitude: Float) -> Int {
    magnitude == 0 ? 0 : max(Int(magnitude.exponent), -126)
  }

  private static func magnitude(_ values: UnsafeBufferPointer<Float>) -> Float {
    let address = values.baseAddress
    return Kernels.active.pointee.summary(address, address, Int32(values.count)).magnitude
  }

  private static func power(_ exponent: Int) -> Float {
    Float(sign: .plus, exponent: exponent, significand: 1)
  }

  // MARK: Targets corrected since

  /// A target for the weights from `start` on, normalised as the row is.
  ///
  /// - Parameters:
  ///   - target: finite values. Beyond 2^24 times the row's largest weight, or a quarter of what a float
  ///     can hold, they are clamped: no search overflows.
  ///   - room: what the result points to.
  func corrected(
    _ target: UnsafeBufferPointer<Float>, from start: Int, in room: AlignedBuffer<Float>
  ) -> WeightedBlock {
    let limit = Self.power(min(24, 126 - exponent))
    let factor = inverseUnit
    for j in target.indices { room[j] = max(-limit, min(target[j] * factor, limit)) }
    let w = roundingWeights.map { UnsafePointer($0.start) } ?? self.w
    return WeightedBlock(x: room.start, w: w + start, count: target.count)
  }

  // MARK: Scales as they are stored

  /// Whether a scale that was stored since this was cleared is the largest that there is. What lies beyond that was
  /// cut off.
  var isAtLimit = false

  /// The nearest half to a scale of the original row, as a scale of the normalised one.
  func roundedToHalf(_ scale: Float) -> Float { rk_half_to_float(halfBits(scale)) * inverseUnit }

  /// Sixteen scales rounded at once.
  func roundedToHalf(_ scales: Lanes) -> Lanes {
    var original = scales * unit
    original.replace(with: Lanes(repeating: 65504), where: original .> 65504)
    original.replace(with: Lanes(repeating: -65504), where: original .< -65504)
    let kernels = Kernels.active
    original.withPointer { scales in
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 16) { halves in
        kernels.pointee.float_to_half(scales, halves.baseAddress, 16)
        kernels.pointee.half_to_float(halves.baseAddress, scales, 16)
      }
    }
    return original * inverseUnit
  }

  /// The smallest positive half, as a scale of the normalised row. Where scales round to zero it may
  /// still serve, with small levels.
  var smallestHalf: Float { rk_half_to_float(1) * inverseUnit }

  /// The bits of the half nearest to `scale × 2^exponent`, to be stored; at most the largest finite half.
  func halfBits(_ scale: Float) -> UInt16 {
    let half = min(max(original(scale), -65504), 65504)
    if abs(half) == 65504 { isAtLimit = true }
    return rk_float_to_half(half)
  }

  /// `scale × 2^exponent`, to be stored, or the largest scale whose `factor`-fold is still finite.
  func original(_ scale: Float, times factor: Float = 1) -> Float {
    let original = scale * unit
    let most = Float.greatestFiniteMagnitude / max(factor, 1) * (1 - 1e-6)
    if abs(original) > most { isAtLimit = true }
    return max(-most, min(original, most))
  }
}
