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
    weightedError = Double(loss.weighted_error)
    weightedEnergy = Double(loss.weighted_energy)
    error = Double(loss.error)
    energy = Double(loss.energy)
    maximum = Double(loss.maximum)
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
