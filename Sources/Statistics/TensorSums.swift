import GGUF

/// What a GGUF statistics file has of one weight, before sums are divided by counts.
package struct TensorSums {
  var vectors: [Quantity: Vector] = [:]

  struct Vector {
    let values: [Float]
    /// The file's second dimension.
    let slices: Int
  }

  /// What a vector is of, by the ending of its name.
  package enum Quantity: String, CaseIterable {
    case importance = ".in_sum2"
    case rowSensitivity = ".out_grad_sum2"
    case counts = ".counts"
    case weightedImportance = ".in_weighted_sum2"
    case weightedSensitivity = ".out_grad_weighted_sum2"
    case weights = ".in_weights"
    case lookupCounts = ".lookup_counts"
    case lookupSensitivity = ".lookup_grad_sum2"

    /// The weight and the quantity that a tensor's name speaks of.
    package static func parse(_ name: String) -> (weight: String, quantity: Quantity)? {
      for (ending, quantity) in endings where name.hasSuffix(ending) {
        return (String(name.dropLast(ending.count)), quantity)
      }
      return nil
    }

    /// What messages call it.
    var words: String {
      switch self {
      case .importance: "importance"
      case .rowSensitivity: "row sensitivity"
      case .counts: "tokens"
      case .weightedImportance: "weighted importance"
      case .weightedSensitivity: "weighted row sensitivity"
      case .weights: "weights of tokens"
      case .lookupCounts: "lookup share"
      case .lookupSensitivity: "lookup sensitivity"
      }
    }

    /// How many values there are to be for a tensor. A single count may stand for all.
    func count(for tensor: TensorDescriptor) -> Int {
      switch self {
      case .importance: tensor.columns * tensor.slices
      case .rowSensitivity, .weightedSensitivity: tensor.rowsPerSlice * tensor.slices
      case .weightedImportance: tensor.columns * tensor.slices
      case .counts, .weights: tensor.slices
      case .lookupCounts: tensor.rows
      case .lookupSensitivity: tensor.columns
      }
    }

    /// What sums over tokens are divided by, slice by slice.
    var divisor: Quantity? {
      switch self {
      case .importance, .rowSensitivity, .weightedSensitivity: .counts
      case .weightedImportance: .weights
      case .counts, .weights, .lookupCounts, .lookupSensitivity: nil
      }
    }

    /// Whether other sums are divided by it.
    var isDivisor: Bool { self == .counts || self == .weights }

    private static let endings =
      allCases.map { ($0.rawValue, $0) } + [(".sums", .importance)]
  }

  /// Checks that what there is of a weight can be divided: counts or weights for all sums.
  ///
  /// - Parameter slices: the second dimension of each vector that there is.
  static func check(
    _ slices: [Quantity: Int], in name: String
  ) throws(StatisticsError.Problem) {
    for quantity in Quantity.allCases {
      guard let sums = slices[quantity], let divisor = quantity.divisor else { continue }
      guard let found = slices[divisor] else {
        throw .divisorMissing(entry: name, quantity.words, divisor.words)
      }
      // One count speaks for all slices.
      guard found == sums || found == 1 && divisor == .counts else {
        throw .divisorMismatch(entry: name, divisor.words, found: found, expected: sums)
      }
    }
    if slices[.lookupSensitivity] != nil, slices[.lookupCounts] == nil {
      throw .divisorMissing(
        entry: name, Quantity.lookupSensitivity.words, Quantity.lookupCounts.words)
    }
  }

  /// The means over tokens, of what `check` finds no fault with.
  func statistics(of name: String) throws(StatisticsError.Problem) -> TensorStatistics {
    var statistics = TensorStatistics()
    statistics.importance = try means(of: .importance, in: name)
    statistics.weightedImportance = try means(of: .weightedImportance, in: name)
    statistics.rowSensitivity = try rowSensitivity(of: name)
    if let counts = vectors[.counts]?.values {
      statistics.tokens = counts.map(Double.init)
      if counts.count > 1 {
        statistics.uninformedSlices = counts.indices.filter { counts[$0] == 0 }
      }
    }
    let lookups = vectors[.lookupCounts]?.values
    if let lookups, case let total = lookups.reduce(0, { $0 + Double($1) }), total > 0 {
      statistics.lookupShare = lookups.map { Float(Double($0) / total) }
      statistics.lookupSensitivity = vectors[.lookupSensitivity]?.values
        .map { Float(Double($0) / total) }
    }
    return statistics
  }

  /// What the squared errors of each row cost, beside the weighted importance of the columns: Σ ‖x‖² δ² over the sum of
  /// that importance, where the file has both, or else the mean of δ².
  ///
  /// A loss is Σ δ² x² e² over tokens, rows and columns. The sums of δ² x² over columns, and those over rows, say what
  /// rows and columns cost as far as they are independent. The mean of δ² alone would take every token for one of
  /// average inputs. Where a norm follows a weight, the tokens of the smallest outputs have the largest gradients and
  /// small inputs: in Gemma-3-270M a few of them had a hundred times the energy of all others, and losses of `ffn_down`
  /// were predicted a hundred times too high (docs/evidence.md).
  private func rowSensitivity(of name: String) throws(StatisticsError.Problem) -> [Float]? {
    let plain = try means(of: .rowSensitivity, in: name)
    guard var rows = try means(of: .weightedSensitivity, in: name), let plain,
      plain.count == rows.count, let slices = vectors[.weightedSensitivity]?.slices,
      let columns = try means(of: .weightedImportance, in: name), columns.count % slices == 0
    else { return plain }
    for slice in 0..<slices {
      let length = columns.count / slices
      let energy = columns[slice * length..<(slice + 1) * length].reduce(0) { $0 + Double($1) }
      let range = slice * (rows.count / slices)..<(slice + 1) * (rows.count / slices)
      for row in range {
        rows[row] = energy > 0 ? Float(Double(rows[row]) / energy) : plain[row]
      }
    }
    try rows.requireSumsOfSquares(of: name)
    return rows
  }

  /// Sums divided by the counts or weights of their slices, 0 in slices that no token reached; nil where there
  /// are no sums or no tokens at all.
  private func means(
    of quantity: Quantity, in name: String
  ) throws(StatisticsError.Problem) -> [Float]? {
    guard let sums = vectors[quantity],
      let counts = quantity.divisor.flatMap({ vectors[$0]?.values }),
      counts.contains(where: { $0 > 0 })
    else { return nil }
    let length = sums.values.count / sums.slices
    let means = sums.values.enumerated().map { index, sum in
      let count = counts[counts.count == 1 ? 0 : index / length]
      return count > 0 ? sum / count : 0
    }
    // Dividing by less than 1 can overflow.
    try means.requireSumsOfSquares(of: name)
    return means
  }
}
