/// How far two models write the same, each taking its likeliest token, after the first halves of some texts.
///
/// Once they differ, they go on from different texts, so only the beginning counts that is the same.
package struct GreedyAgreement: Sendable, Equatable {
  /// The tokens that each writes after each text.
  package let tokens: Int
  /// How many of them are the same, until one is not.
  package let agreed: Estimate
  /// The share of texts after which all are the same.
  package let toEnd: Estimate

  /// Compares texts.
  ///
  /// - Parameters:
  ///   - base: what the base writes after each text, at least one.
  ///   - quantized: what the quantized model writes after the same.
  ///   - tokens: how many tokens each is of.
  package init(base: [[Int32]], quantized: [[Int32]], tokens: Int) {
    let agreed = zip(base, quantized).map { base, quantized in
      zip(base, quantized).prefix { $0 == $1 }.count
    }
    self.tokens = tokens
    self.agreed = Estimate(meanOf: agreed.map(Double.init))
    toEnd = Estimate(meanOf: agreed.map { $0 == tokens ? 1 : 0 })
  }
}

extension NetworkPair {
  /// Lets both write after the first half of each sequence.
  ///
  /// - Parameters:
  ///   - sequences: all of one length.
  ///   - tokens: how many each writes, at least 1.
  ///   - progress: called after every step.
  package func greedyAgreement(
    after sequences: [[Int32]], tokens: Int, progress: Network.Progress = { _, _ in }
  ) throws -> GreedyAgreement {
    let beginnings = sequences.map { Array($0.prefix($0.count / 2)) }
    let base = try self.base.likeliestTexts(after: beginnings, tokens: tokens) {
      try progress($0, 2 * $1)
    }
    let quantized = try self.quantized.likeliestTexts(after: beginnings, tokens: tokens) {
      try progress($1 + $0, 2 * $1)
    }
    return GreedyAgreement(base: base, quantized: quantized, tokens: tokens)
  }
}
