import Codecs

/// What one row loses, in the weights of its tensor.
package struct RowLoss: Sendable {
  /// Σ over terms of row_i Σ_j column_j ΔW_ij².
  package var loss = 0.0
  var weightedError = 0.0
  var weightedEnergy = 0.0
  var error = 0.0
  var energy = 0.0
  var maximum = 0.0
}

extension LossMetric {
  /// The loss of a row `x` of the tensor that is reconstructed as `y`.
  package func loss(
    row: Int, slice: Int, _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>
  ) -> RowLoss {
    var result = RowLoss()
    for (index, term) in terms.enumerated() {
      let difference = RowDifference(x, y, weights: term.columns, from: slice * x.count)
      result.loss += Double(term.rows[row]) * difference.weightedError
      guard index == 0 else { continue }
      result.weightedError = difference.weightedError
      result.weightedEnergy = difference.weightedEnergy
      result.error = difference.error
      result.energy = difference.energy
      result.maximum = difference.maximum
    }
    return result
  }

  /// Σ over terms of row_i Σ_j column_j W_ij²: what the loss would be if the row were lost.
  package func energy(row: Int, slice: Int, _ x: UnsafeBufferPointer<Float>) -> Double {
    terms.reduce(0) { sum, term in
      let difference = RowDifference(x, x, weights: term.columns, from: slice * x.count)
      return sum + Double(term.rows[row]) * difference.weightedEnergy
    }
  }
}
