import LinearAlgebra

/// What a network makes of some sequences at the tokens that are compared.
struct SequenceStates {
  /// What its output head sees of each sequence.
  let hidden: [Matrix]
  /// What its draft holds for the likeliest in each sequence; nil in a model without one.
  let drafts: [[Int32]]?

  /// Runs the network, whose weights are decoded once for all batches.
  ///
  /// - Parameter step: called after every batch in every layer.
  init(of network: Network, over batches: [[[Int32]]], step: () throws -> Void) throws {
    let groups = batches.map(Batch.init)
    let states = try network.hiddenStates(of: groups) { _, _ in try step() }
    let sequences = batches.flatMap(\.self)
    if let draftStates = try network.draftStates(behind: states, of: groups, progress: step),
      let head = try network.draftOutputHead()
    {
      // At every token but the first of each sequence, sequence after sequence.
      let all = draftStates.flatMap(head.likeliest)
      var first = 0
      drafts = sequences.map { sequence in
        defer { first += sequence.count - 1 }
        let compared = NetworkPair.comparedPositions(ofTokens: sequence.count)
        return compared.map { all[first + $0 - 1] }
      }
    } else {
      drafts = nil
    }
    hidden = zip(states, groups).flatMap { states, group in
      zip(
        group.sequences, group.sequences.map { NetworkPair.comparedPositions(ofTokens: $0.count) }
      )
      .map { rows, compared in
        states.rows(
          rows.lowerBound + compared.lowerBound..<rows.lowerBound + compared.upperBound)
      }
    }
  }
}
