package import NeuralNetwork

extension CalibrationSums {
  /// For every weight Σ g h, by its name: what errors of its elements cost in all where they are alike. Tokens
  /// that were clipped aside, it is the trace of the diagonal of the Fisher information, since
  /// Σᵢ E[δᵢ²] × Σⱼ E[s xⱼ²] ÷ E[s], with s = Σᵢ δᵢ², is Σᵢⱼ E[δᵢ² xⱼ²].
  ///
  /// For a linear layer it is (Σ g) × (Σ h), and for experts the mean of that over tokens; for a table of
  /// embeddings Σ g at its output; for one that serves as both, the sum.
  package var fisherTraces: [String: Double] {
    let tokens = lookups.values.reduce(0) { $0 + $1.tokens.reduce(0, +) }
    guard tokens > 0 else { return [:] }
    var traces = lookups.mapValues { $0.gradientSquares.reduce(0, +) / tokens }
    for (name, squares) in gradientSquares {
      guard let weighted = weightedInputs[name] else { continue }
      let trace = weighted.fisherTrace(gradientSquares: squares)
      traces[name] = trace / tokens + (traces[name] ?? 0)
    }
    return traces
  }
}

extension CalibrationSums.WeightedInput {
  /// The Fisher trace of the weight that reads this input, summed over tokens:
  /// Σ over slices of tokens × (Σ g) × (Σ h).
  fileprivate func fisherTrace(gradientSquares: [Double]) -> Double {
    let (columns, rows) = (squares.count / weights.count, gradientSquares.count / weights.count)
    return weights.indices.reduce(0) { sum, slice in
      guard weights[slice] > 0 else { return sum }
      let inputs = squares[slice * columns..<(slice + 1) * columns].reduce(0, +)
      let gradients = gradientSquares[slice * rows..<(slice + 1) * rows].reduce(0, +)
      return sum + inputs / weights[slice] * gradients
    }
  }
}
