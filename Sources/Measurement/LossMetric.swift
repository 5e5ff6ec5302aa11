package import GGUF
package import Statistics

/// How much an error of each weight of a tensor costs. The loss of ΔW is
/// Σ over terms of Σ_i row_i Σ_j column_j ΔW_ij².
///
/// A matrix product `y = W x` has the term row = ½ g, column = h, with g_i = E[δ_i²] the sensitivity of
/// output i and h_j the importance of input j, so the second-order expansion of the KL divergence with a diagonal
/// of the Fisher matrix that is a product. Best is h_j = E[s x_j²] ÷ E[s] with s = Σ_i δ_i², for which each column
/// sums to what it is: Σ_i g_i h_j = Σ_i E[δ_i² x_j²]. Where that weighted importance is not known, and where the
/// loss is no divergence, h_j = E[x_j²]. An embedding table that is looked up
/// has row = ½ p, column = g: the share of tokens equal to row v, and the sensitivity of the output.
/// A table that serves as both has both terms. An expert's rows count by the share of tokens routed
/// to it.
package struct LossMetric: Sendable {
  package struct Term: Sendable {
    /// One factor per row of the tensor.
    package let rows: [Float]
    /// One factor per column, slice (expert) after slice.
    package let columns: [Float]
  }

  package let terms: [Term]
  package let unit: LossUnit
  /// What the encoder weighs columns by, slice after slice; nil where nothing is known.
  package let importance: [Float]?

  /// Which knowledge the weights rest on, in words for reports.
  package let source: Source

  package enum Source: String, Sendable, Codable {
    /// Importance and row sensitivity were measured.
    case sensitivity = "row sensitivity"
    /// Importance alone.
    case importance
    /// Nothing: every weight counts alike.
    case none = "no statistics"
  }
}

extension LossMetric {
  /// Whether the row sensitivity of every use of a tensor is known.
  package static func hasSensitivity(
    _ knowledge: MatchedStatistics.Knowledge, use: TensorUse
  ) -> Bool {
    let linear = knowledge.importance && knowledge.rowSensitivity
    return switch use {
    case .matrix: linear
    case .lookup: knowledge.lookup
    case .lookupAndOutput: linear && knowledge.lookup
    }
  }

  /// Whether there is something that an encoder can weigh the columns of a tensor by: `importance` is then not
  /// nil.
  package static func hasImportance(
    _ knowledge: MatchedStatistics.Knowledge, use: TensorUse, unit: LossUnit
  ) -> Bool {
    switch unit {
    case .nats: hasSensitivity(knowledge, use: use)
    case .weightedSquaredError: use != .lookup && knowledge.importance
    }
  }

  /// The metric of a tensor.
  ///
  /// - Parameters:
  ///   - statistics: what calibration knows of it.
  ///   - use: how the model uses it.
  ///   - totalTokens: calibration tokens in all, of which an expert saw a share.
  ///   - typicalImportance: of a column whose importance is not known.
  ///   - unit: `.nats` only where `hasSensitivity`.
  package init(
    of tensor: TensorDescriptor, _ statistics: TensorStatistics?, use: TensorUse,
    totalTokens: Double, typicalImportance: Float = 1, unit: LossUnit
  ) {
    precondition(
      unit == .weightedSquaredError || Self.hasSensitivity(.init(statistics), use: use),
      "a loss in nats without row sensitivity")
    let slices = tensor.slices
    let ones = [Float](repeating: 1, count: tensor.columns * slices)
    let shares = Self.shares(statistics, slices: slices, totalTokens: totalTokens)
    var terms: [Term] = []
    if use != .lookup {
      let factor: Float = unit == .nats ? 0.5 : 1
      var rows = [Float](repeating: factor, count: tensor.rows)
      for slice in 0..<slices {
        for row in 0..<tensor.rowsPerSlice {
          let index = slice * tensor.rowsPerSlice + row
          rows[index] *= shares[slice]
          if unit == .nats, let g = statistics?.rowSensitivity { rows[index] *= g[index] }
        }
      }
      let typical = [Float](repeating: typicalImportance, count: ones.count)
      let weighted = unit == .nats ? statistics?.weightedImportance : nil
      terms.append(Term(rows: rows, columns: weighted ?? statistics?.importance ?? typical))
    }
    if use != .matrix {
      // Without knowledge of the text every row is as likely as any other.
      let flat = [Float](repeating: 1 / Float(tensor.rows), count: tensor.rows)
      let share = statistics?.lookupShare ?? flat
      if unit == .nats, let columns = statistics?.lookupSensitivity {
        terms.append(Term(rows: share.map { $0 / 2 }, columns: columns))
      } else {
        terms.append(Term(rows: share, columns: ones))
      }
    }
    self.terms = terms
    self.unit = unit
    let hasImportance = Self.hasImportance(.init(statistics), use: use, unit: unit)
    source = unit == .nats ? .sensitivity : hasImportance ? .importance : .none
    importance = hasImportance ? Self.encoderImportance(terms) : nil
  }

  /// The share of all tokens that each expert sees.
  private static func shares(
    _ statistics: TensorStatistics?, slices: Int, totalTokens: Double
  ) -> [Float] {
    guard slices > 1 else { return [1] }
    guard let tokens = statistics?.tokens, tokens.count == slices, totalTokens > 0 else {
      return [Float](repeating: 1, count: slices)
    }
    return tokens.map { Float(min($0 / totalTokens, 1)) }
  }

  /// The terms' columns, each by the mean of its rows: what an encoder, which sees one row at a time,
  /// should weigh columns by.
  private static func encoderImportance(_ terms: [Term]) -> [Float] {
    if terms.count == 1 { return terms[0].columns }
    var sum = [Float](repeating: 0, count: terms[0].columns.count)
    for term in terms {
      let mean = term.rows.reduce(0, +) / Float(term.rows.count)
      for column in sum.indices { sum[column] += mean * term.columns[column] }
    }
    return sum
  }
}

/// How a model uses a tensor of weights.
package enum TensorUse: Sendable {
  /// The model multiplies with it.
  case matrix
  /// The model looks rows up: a table of embeddings, a row a token.
  case lookup
  /// The model does both: an embedding table that is the output head as well (tied embeddings).
  case lookupAndOutput
}
