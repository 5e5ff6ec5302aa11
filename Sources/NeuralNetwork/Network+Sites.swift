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
    let beside = (layerInputs.map { [$0.projection] } ?? []) + (draft?.projections ?? [])
    return (blocks.flatMap(\.projections) + [head] + beside)
      .map { Site(weights: $0.weights) }
  }

  /// How often a calibration looks tokens of a sequence up in a table of embeddings, by the table's name.
  package func lookups(ofTextOf length: Int) -> [String: Int] {
    var lookups = [embeddings.tensor.name: length]
    if let table = layerInputs?.table { lookups[table.tensor.name] = length }
    // A draft head reads every token but the first.
    if let table = draft?.table { lookups[table.tensor.name] = length - 1 }
    return lookups
  }

  /// The tables in which tokens are looked up.
  private var tables: [EmbeddingTable] {
    [embeddings, layerInputs?.table, draft?.table].compactMap(\.self)
  }

  /// Whether sums are of the sizes that a calibration of this network makes, finite and not negative, and count whole
  /// tokens.
  package func allows(_ sums: CalibrationSums) -> Bool {
    let sites = sites
    let weights = sites.reduce(0) { $0 + $1.weights.count }
    guard sums.inputs.count == sites.count, sums.gradientSquares.count == weights,
      sums.weightedInputs.count == weights,
      sums.lookups.count == tables.count,
      tables.allSatisfy({ table in
        guard let lookup = sums.lookups[table.tensor.name] else { return false }
        return lookup.tokens.areCounts(table.tokens)
          && lookup.gradientSquares.areSumsOfSquares(table.tensor.columns)
      })
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
          && weighted.rowSquares.areSumsOfSquares(weight.rowsPerSlice * site.slices)
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
