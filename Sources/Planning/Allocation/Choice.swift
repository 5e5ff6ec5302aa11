/// One decision of an allocation: tensors that take the same type, and the types to choose from.
package struct Choice: Sendable {
  /// The names of the tensors; most often one.
  package let names: [String]
  /// The types they may take, with the costs of all of them together.
  package let candidates: [Candidate]

  /// The decision between `candidates` for the tensors `names`.
  package init(names: [String], candidates: [Candidate]) {
    self.names = names
    self.candidates = candidates
  }

  /// The decision that takes several others as one: the types that all of them offer, in the order
  /// of the first, each at the sum of its costs.
  package init(tying choices: [Choice]) {
    names = choices.flatMap(\.names)
    guard let first = choices.first else {
      candidates = []
      return
    }
    candidates = choices.dropFirst().reduce(first.candidates) { tied, choice in
      tied.compactMap { candidate in
        guard let other = choice.candidates.first(where: { $0.type == candidate.type }) else {
          return nil
        }
        return Candidate(
          type: candidate.type, bytes: candidate.bytes + other.bytes,
          loss: candidate.loss + other.loss, variance: candidate.variance + other.variance,
          seconds: candidate.seconds + other.seconds)
      }
    }
  }
}
