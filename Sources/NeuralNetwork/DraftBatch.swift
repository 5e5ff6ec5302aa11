import LinearAlgebra

/// Where a draft head drafts in some sequences: at every token but the first of each, for the token that follows, by
/// what the model has made of the token before.
struct DraftBatch {
  /// The tokens. The place of each counts from the second of its sequence, which turns queries and keys alike.
  let batch: Batch
  /// The row of each in the batch of the whole sequences.
  let rows: [Int]

  /// The places in whole sequences.
  init(_ whole: Batch) {
    batch = Batch(whole.sequences.map { Array(whole.tokens[$0.dropFirst()]) })
    rows = whole.sequences.flatMap { $0.dropFirst() }
  }

  /// The features of the token before each place.
  ///
  /// - Parameter features: those of all tokens of the whole sequences.
  func featuresBefore(_ features: Matrix) -> Matrix {
    let before = Matrix(rows: rows.count, columns: features.columns)
    for (place, row) in rows.enumerated() {
      before[place].update(from: features[row - 1], count: features.columns)
    }
    return before
  }
}
