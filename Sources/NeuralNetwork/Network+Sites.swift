package import GGUF

extension Network {
  /// Weights that read the same features, as calibration sums them up together.
  package struct Site: Sendable {
    /// In the order of their outputs; all have the same columns and slices.
    package let weights: [TensorDescriptor]

    /// Features that they read.
    package var columns: Int { weights[0].columns }
    /// Experts that have weights of their own; 1 without experts.
    package var slices: Int { weights[0].slices }
  }

  /// All sites. A calibration reaches every one of them.
  package var sites: [Site] {
    (blocks.flatMap(\.projections) + [head]).map { Site(weights: $0.weights) }
  }

  /// Whether sums are of the sizes that a calibration of this network makes, finite and not negative, and count whole
  /// tokens.
  package func allows(_ sums: CalibrationSums) -> Bool {
    let sites = sites
    let weights = sites.reduce(0) { $0 + $1.weights.count }
    guard sums.inputs.count == sites.count, sums.gradientSquares.count == weights,
      sums.weightedInputs.count == weights,
      sums.lookups.count == 1, let lookup = sums.lookups[embeddings.name],
      lookup.tokens.areCounts(embeddings.rows),
      lookup.gradientSquares.areSumsOfSquares(embeddings.columns)
    else { return false }
    return sites.allSatisfy { site in
      guard let input = sums.inputs[site.weights[0].name],
        input.weights == site.weights.map(\.name), input.tokens.areCounts(site.slices),
        input.squares.areSumsOfSquares(site.columns * site.slices)
      else { return false }
      return site.weights.allSatisfy { weight in
        guard let weighted = sums.weightedInputs[weight.name] else { return false }
        return sums.gradientSquares[weight.name]?
          .areSumsOfSquares(weight.rowsPerSlice * site.slices) == true
          && weighted.squares.areSumsOfSquares(site.columns * site.slices)
          && weighted.weights.areSumsOfSquares(site.slices)
          && [weighted.clipped].areCounts(1)
          && weighted.clipped <= input.tokens.reduce(0, +)
          && [weighted.largest].areSumsOfSquares(1)
      }
    }
  }
}

extension [Double] {
  fileprivate func areSumsOfSquares(_ count: Int) -> Bool {
    self.count == count && allSatisfy { $0.isFinite && $0 >= 0 }
  }

  fileprivate func areCounts(_ count: Int) -> Bool {
    areSumsOfSquares(count) && allSatisfy { $0 == $0.rounded() }
  }
}
