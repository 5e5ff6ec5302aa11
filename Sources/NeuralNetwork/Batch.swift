/// Sequences of tokens that run through the network together, one after another in the rows of its
/// matrices.
package struct Batch: Sendable {
  /// All tokens.
  package let tokens: [Int32]
  /// The place of every token in its sequence, from 0.
  package let positions: [Int]
  /// The rows of each sequence.
  package let sequences: [Range<Int>]
  /// What layers read beside the features of the layer before them.
  let side: SideFeatures

  /// The tokens of these sequences.
  package init(_ sequences: [[Int32]]) {
    tokens = sequences.flatMap(\.self)
    positions = sequences.flatMap { Array($0.indices) }
    side = SideFeatures()
    var start = 0
    self.sequences = sequences.map { sequence in
      defer { start += sequence.count }
      return start..<start + sequence.count
    }
  }

  private init(_ batch: Batch, side: SideFeatures) {
    (tokens, positions, sequences) = (batch.tokens, batch.positions, batch.sequences)
    self.side = side
  }

  /// The same tokens, which go on by themselves from where these are.
  func fork() -> Batch { Batch(self, side: side.fork()) }

  /// Tokens in the longest sequence.
  package var longest: Int { sequences.map(\.count).max() ?? 0 }
}
