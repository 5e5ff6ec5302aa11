package import NeuralNetwork

/// What was clipped where tokens were weighted by their gradient energy (see `TokenWeights`).
package struct Clipping: Sendable {
  /// What tokens are clipped at, in medians of their energy.
  package let limit: Double
  /// Of every weight's tokens together, the share that was clipped.
  package let share: Double
  /// The largest token before it was clipped, in medians.
  package let largest: Double
  /// The weight at which it is.
  package let weight: String

  package init(limit: Double, share: Double, largest: Double, weight: String) {
    self.limit = limit
    self.share = share
    self.largest = largest
    self.weight = weight
  }

  /// What was clipped in a calibration; nil where there are no tokens.
  package init?(_ sums: CalibrationSums) {
    let inputs = sums.inputsByWeight
    let tokens = sums.weightedInputs.keys.reduce(0) { sum, name in
      sum + (inputs[name]?.tokens.reduce(0, +) ?? 0)
    }
    let worst = sums.weightedInputs.max { ($0.value.largest, $1.key) < ($1.value.largest, $0.key) }
    guard tokens > 0, let worst else { return nil }
    self.init(
      limit: Double(TokenWeights.limit),
      share: sums.weightedInputs.values.reduce(0) { $0 + $1.clipped } / tokens,
      largest: worst.value.largest, weight: worst.key)
  }
}
