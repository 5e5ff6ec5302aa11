package import NeuralNetwork

extension CalibrationSums {
  /// Of every weight Σ g h: what errors of its elements cost in all where they are alike, which is the
  /// trace of the Kronecker-factored Fisher information.
  ///
  /// Of a linear layer, (Σ g) × (Σ h), and of experts the mean over tokens; of a table of embeddings,
  /// Σ g at its output; of one that serves as both, the sum.
  package var fisherTraces: [String: Double] {
    let tokens = lookup.values.reduce(0) { $0 + $1.tokens.reduce(0, +) }
    guard tokens > 0 else { return [:] }
    return linear.mapValues { $0.fisherTrace / tokens }
      .merging(lookup.mapValues { $0.gradientSquares.reduce(0, +) / tokens }, uniquingKeysWith: +)
  }
}

extension CalibrationSums.Linear {
  /// Summed over tokens: Σ over slices of tokens × (Σ g) × (Σ h).
  fileprivate var fisherTrace: Double {
    let (columns, rows) = (inputSquares.count / tokens.count, gradientSquares.count / tokens.count)
    return tokens.indices.reduce(0) { sum, slice in
      guard tokens[slice] > 0 else { return sum }
      let inputs = inputSquares[slice * columns..<(slice + 1) * columns].reduce(0, +)
      let gradients = gradientSquares[slice * rows..<(slice + 1) * rows].reduce(0, +)
      return sum + inputs * gradients / tokens[slice]
    }
  }
}
