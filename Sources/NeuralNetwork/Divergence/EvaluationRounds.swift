/// How a text is divided so that the features of its tokens take bounded memory: into rounds, in each of which a layer
/// is decoded once, and these into batches, which go through a layer together.
///
/// The features between layers of all tokens of a round take no more than `featureBytes`, those inside a layer are of
/// `tokensPerBatch` tokens. Where one sequence has more, it is a batch, or a round, by itself.
package struct EvaluationRounds {
  /// The sequences of each round, by their numbers.
  package let rounds: [Range<Int>]
  /// How many of them run together.
  package let sequencesPerBatch: Int

  /// The tokens that run through a layer together: activations inside it may take a few hundred
  /// times a token's features.
  package static let tokensPerBatch = 2048
  /// What the features of both models between layers may take, in bytes.
  package static let featureBytes = 512 << 20

  /// - Parameters:
  ///   - sequences: how many there are.
  ///   - longest: the tokens of the longest.
  ///   - featuresPerToken: features that are kept of a token, of both models together.
  package init(sequences: Int, longest: Int, featuresPerToken: Int) {
    sequencesPerBatch = max(1, Self.tokensPerBatch / longest)
    let batchBytes = MemoryLayout<Float>.size * featuresPerToken * longest * sequencesPerBatch
    let size = max(1, Self.featureBytes / batchBytes) * sequencesPerBatch
    rounds = stride(from: 0, to: sequences, by: size).map { $0..<min($0 + size, sequences) }
  }

  /// Some sequences in batches.
  package func batches<Sequence>(_ sequences: [Sequence]) -> [[Sequence]] {
    stride(from: 0, to: sequences.count, by: sequencesPerBatch).map {
      Array(sequences[$0..<min($0 + sequencesPerBatch, sequences.count)])
    }
  }
}
