import KernelsC

/// What a row lost when it was quantized.
package struct RowDifference: Sendable {
  /// Σ w (x − y)².
  package let weightedError: Double
  /// Σ w x².
  package let weightedEnergy: Double
  /// Σ (x − y)².
  package let error: Double
  /// Σ x².
  package let energy: Double
  /// The largest |x − y|.
  package let maximum: Double

  /// Compares a row `x` with its reconstruction `y`, of the same length, under the column weights that
  /// begin at `start` in `weights`.
  package init(
    _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>, weights: [Float],
    from start: Int = 0
  ) {
    precondition(x.count == y.count && weights.count - start >= x.count, "rows of one length")
    let loss = weights.withUnsafeBufferPointer { weights in
      Kernels.active.pointee.loss(
        x.baseAddress, y.baseAddress, weights.baseAddress! + start, Int32(x.count))
    }
    let sums = RowDifference(
      weightedError: Double(loss.weighted_error), weightedEnergy: Double(loss.weighted_energy),
      error: Double(loss.error), energy: Double(loss.energy), maximum: Double(loss.maximum))
    // The squares of huge weights are beyond what a float can hold.
    self = sums.isFinite ? sums : RowDifference(precisely: x, y, weights: weights, from: start)
  }

  private init(
    weightedError: Double, weightedEnergy: Double, error: Double, energy: Double, maximum: Double
  ) {
    self.weightedError = weightedError
    self.weightedEnergy = weightedEnergy
    self.error = error
    self.energy = energy
    self.maximum = maximum
  }

  /// The same sums in double precision.
  private init(
    precisely x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>, weights: [Float],
    from start: Int
  ) {
    var (weightedError, weightedEnergy, error, energy, maximum) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for index in x.indices {
      let (weight, value) = (Double(weights[start + index]), Double(x[index]))
      let difference = value - Double(y[index])
      weightedError += weight * difference * difference
      weightedEnergy += weight * value * value
      error += difference * difference
      energy += value * value
      maximum = max(maximum, abs(difference))
    }
    self.init(
      weightedError: weightedError, weightedEnergy: weightedEnergy, error: error, energy: energy,
      maximum: maximum)
  }

  private var isFinite: Bool {
    weightedError.isFinite && weightedEnergy.isFinite && error.isFinite && energy.isFinite
  }
}

extension UnsafeBufferPointer<Float> {
  /// The index of the first NaN or infinity, or nil.
  package var firstNonFinite: Int? {
    // A whole pass without a branch is vectorised; finding the culprit may be slow.
    var largest: UInt32 = 0
    for value in self { largest = Swift.max(largest, value.bitPattern & 0x7fff_ffff) }
    return largest < 0x7f80_0000 ? nil : firstIndex { !$0.isFinite }
  }
}
