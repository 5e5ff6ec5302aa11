package import NeuralNetwork

extension CalibrationSums {
  /// For every weight Σ g h, by its name: what errors of its elements cost in all where they are alike. It is the trace
  /// of the diagonal of the Fisher information, Σᵢⱼ E[δᵢ² xⱼ²].
  ///
  /// For experts it is the mean over all tokens; for a table of embeddings Σ g at its output; for one that serves as
  /// both, the sum.
  package var fisherTraces: [String: Double] {
    let tokens = lookups.values.reduce(0) { $0 + $1.tokens.reduce(0, +) }
    guard tokens > 0 else { return [:] }
    var traces = lookups.mapValues { $0.gradientSquares.reduce(0, +) / tokens }
    for (name, weighted) in weightedInputs {
      traces[name] = weighted.rowSquares.reduce(0, +) / tokens + (traces[name] ?? 0)
    }
    return traces
  }
}
