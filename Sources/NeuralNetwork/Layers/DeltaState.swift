import LinearAlgebra

/// What a gated delta net keeps of the tokens so far of some sequences that grow at the same pace: the last of them, as
/// its convolution sees them, and the states of its heads.
final class DeltaState: MixerState {
  /// The tokens that the convolution sees, rows for each sequence in turn, the last one at the end.
  let seen: Matrix
  /// The states of each sequence's heads (see `DeltaRule`).
  let heads: Matrix
  private let sequences: Int

  /// The state before the first token: zeros.
  ///
  /// - Parameters:
  ///   - length: how many tokens the convolution sees.
  ///   - features: how many of each token.
  ///   - heads: the states of all heads.
  init(sequences: Int, length: Int, features: Int, heads: Matrix) {
    self.sequences = sequences
    seen = Matrix.zeros(rows: sequences * length, columns: features)
    self.heads = heads
  }

  /// The rows of the tokens of each sequence that the convolution sees.
  var rows: [Range<Int>] {
    let length = seen.rows / sequences
    return (0..<sequences).map { $0 * length..<($0 + 1) * length }
  }

  /// Adds a token to every sequence.
  func append(_ new: Matrix) {
    for (sequence, rows) in rows.enumerated() {
      for row in rows.dropLast() { seen[row].update(from: seen[row + 1], count: seen.columns) }
      seen[rows.upperBound - 1].update(from: new[sequence], count: seen.columns)
    }
  }
}
