import KernelsC

/// A block of weights with their importances. The count is a multiple of 16.
struct WeightedBlock {
  let x: UnsafePointer<Float>
  let w: UnsafePointer<Float>
  let count: Int

  /// Block `index` of those that follow this one.
  func advanced(by index: Int) -> WeightedBlock {
    WeightedBlock(x: x + index * count, w: w + index * count, count: count)
  }

  /// Σ w x².
  var energy: Float {
    var sum: Float = 0
    for j in 0..<count { sum += w[j] * x[j] * x[j] }
    return sum
  }

  /// Range, largest magnitude and sums.
  var summary: BlockSummary {
    BlockSummary(Kernels.active.pointee.summary(x, w, Int32(count)))
  }
}
