/// A figure with its standard error.
package struct Estimate: Sendable, Equatable {
  package let value: Double
  /// 0 where there are too few values to tell.
  package let error: Double

  package init(_ value: Double, error: Double) {
    self.value = value
    self.error = error
  }

  /// The mean of some values, at least one, which count as independent: as `llama-perplexity` counts
  /// its tokens.
  init(meanOf values: some Collection<Double>) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    value = mean
    error = count > 1 ? (squares / count / (count - 1)).squareRoot() : 0
  }

  /// A function of the figure, its error carried to first order.
  ///
  /// - Parameter slope: the derivative of the function.
  func mapped(to value: Double, slope: Double) -> Estimate {
    Estimate(value, error: abs(slope) * error)
  }
}
