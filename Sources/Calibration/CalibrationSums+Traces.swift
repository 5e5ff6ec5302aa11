package import NeuralNetwork

extension CalibrationSums {
  /// For every weight Σ g h, by its name: what errors of its elements cost in all where they are alike, which
  /// is the trace of the Kronecker-factored Fisher information.
  ///
  /// For a linear layer it is (Σ g) × (Σ h), and for experts the mean of that over tokens; for a table of
  /// embeddings Σ g at its output; for one that serves as both, the sum.
  package var fisherTraces: [String: Double] {
    let tokens = lookups.values.reduce(0) { $0 + $1.tokens.reduce(0, +) }
    guard tokens > 0 else { return [:] }
    let inputs = inputsByWeight
    var traces = lookups.mapValues { $0.gradientSquares.reduce(0, +) / tokens }
    for (name, squares) in gradientSquares {
      guard let trace = inputs[name]?.fisherTrace(gradientSquares: squares) else { continue }
      traces[name] = trace / tokens + (traces[name] ?? 0)
    }
    return traces
  }
}

extension CalibrationSums.InputSite {
  /// The Fisher trace of a weight that reads this input, summed over tokens:
  /// Σ over slices of tokens × (Σ g) × (Σ h).
  fileprivate func fisherTrace(gradientSquares: [Double]) -> Double {
    let (columns, rows) = (squares.count / tokens.count, gradientSquares.count / tokens.count)
    return tokens.indices.reduce(0) { sum, slice in
      guard tokens[slice] > 0 else { return sum }
      let inputs = squares[slice * columns..<(slice + 1) * columns].reduce(0, +)
      let gradients = gradientSquares[slice * rows..<(slice + 1) * rows].reduce(0, +)
      return sum + inputs * gradients / tokens[slice]
    }
  }
}
