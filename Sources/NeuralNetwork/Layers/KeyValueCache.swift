import LinearAlgebra

/// What attention keeps of the tokens so far of some sequences that grow at the same pace: their keys and
/// values, or the latents that both come from.
final class KeyValueCache: MixerState {
  /// Rows for the tokens of each sequence in turn, those to come included.
  let keyValues: Matrix
  /// Tokens of each sequence so far.
  private(set) var length = 0
  private let sequences: Int
  private let capacity: Int

  /// Room for as many sequences of `capacity` tokens.
  init(sequences: Int, capacity: Int, width: Int) {
    self.sequences = sequences
    self.capacity = capacity
    keyValues = Matrix(rows: sequences * capacity, columns: width)
  }

  /// The rows of each sequence's tokens so far.
  var rows: [Range<Int>] {
    (0..<sequences).map { $0 * capacity..<$0 * capacity + length }
  }

  /// Adds a token to every sequence.
  func append(_ new: Matrix) {
    precondition(length < capacity, "no room for another token")
    for sequence in 0..<sequences {
      keyValues[sequence * capacity + length].update(from: new[sequence], count: new.columns)
    }
    length += 1
  }
}
