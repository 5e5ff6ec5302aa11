/// The tokens at which the base gives the likeliest one a probability in some range.
///
/// Where the base is sure, a quantized model that finds another token likelier makes a mistake that shows; where it is
/// not, another token may be as good.
package struct ConfidenceBand: Sendable, Equatable {
  /// The probability that the band begins with.
  package let from: Double
  /// The one that it ends before; the last band has 1 in it.
  package let to: Double
  /// How many tokens are in it.
  package let tokens: Int
  /// The mean KLD in nats per token; nil without tokens.
  package let mean: Estimate?
  /// The share of its tokens at which both models hold the same one for the likeliest; nil without tokens.
  package let sameTop: Estimate?

  private static let bounds = [0, 0.5, 0.9, 1]

  private init(from: Double, to: Double, _ divergences: [TokenDivergence]) {
    (self.from, self.to, tokens) = (from, to, divergences.count)
    mean = divergences.isEmpty ? nil : Estimate(meanOf: divergences.map(\.kld))
    sameTop =
      divergences.isEmpty ? nil : Estimate(meanOf: divergences.map { $0.hasSameTop ? 1 : 0 })
  }

  /// All bands.
  static func all(of divergences: [TokenDivergence]) -> [ConfidenceBand] {
    zip(bounds, bounds.dropFirst()).map { from, to in
      ConfidenceBand(
        from: from, to: to,
        divergences.filter { $0.baseConfidence >= from && ($0.baseConfidence < to || to == 1) })
    }
  }
}
