/// What a tensor loses under a type.
///
/// Where rows were sampled, sums and averages are estimates for the whole tensor.
package struct Distortion: Sendable, Equatable, Codable {
  /// The predicted loss, in the unit of the `LossMetric` it was measured with.
  package var loss: Double
  /// The squared standard error of `loss`; 0 where every row was measured.
  package var lossVariance: Double
  /// Σ h ΔW² ÷ Σ h W²: the relative error weighted by importance.
  package var weightedRelativeError: Double
  /// √(mean ΔW²).
  package var rootMeanSquareError: Double
  /// Largest |ΔW| among the rows measured.
  package var maximumError: Double
  /// The value that 95 % of the |ΔW| stay below, to 1 %.
  package var percentile95: Double
  /// Rows measured.
  package var measuredRows: Int
  /// Rows of the tensor.
  package var rows: Int

  /// The standard error of `loss`.
  package var standardError: Double { lossVariance.squareRoot() }
}
