#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How far a quantized model is from its base over a text: the figures of `llama-perplexity
/// --kl-divergence`, by its definitions.
package struct Divergence: Sendable, Equatable {
  /// How many predictions were compared.
  package let tokens: Int
  /// exp of the mean surprise of the base.
  package let basePerplexity: Estimate
  /// exp of the mean surprise of the quantized model.
  package let perplexity: Estimate
  /// ln of the quantized model's perplexity over the base's; its error is that of the difference.
  package let logPerplexityRatio: Estimate
  /// The mean KLD in nats per token.
  package let mean: Estimate
  /// The KLD that half of the tokens stay below.
  package let median: Double
  /// The KLD that 99 % of the tokens stay below.
  package let percentile99: Double
  /// The largest KLD of a token.
  package let maximum: Double
  /// The share of tokens at which both hold the same token for the likeliest.
  package let sameTop: Estimate
  /// The root of the mean squared change of the probability of the token that follows.
  package let probabilityChange: Estimate
  /// The tokens apart by how sure of the next one the base is, the least sure first. Every token is in one of them.
  package let bands: [ConfidenceBand]
  /// How often draft heads agree with their models; nil in models without one.
  package let draftAgreement: DraftAgreement?

  /// Sums up at least one token.
  package init(_ divergences: [TokenDivergence]) {
    precondition(!divergences.isEmpty, "no tokens to sum up")
    tokens = divergences.count
    basePerplexity = .perplexity(of: divergences.map(\.baseSurprise))
    perplexity = .perplexity(of: divergences.map(\.surprise))
    logPerplexityRatio = Estimate(meanOf: divergences.map { $0.surprise - $0.baseSurprise })

    let klds = divergences.map(\.kld).sorted()
    mean = Estimate(meanOf: klds)
    median = klds.quantile(0.5)
    percentile99 = klds.quantile(0.99)
    maximum = klds.quantile(1)

    sameTop = Estimate(meanOf: divergences.map { $0.hasSameTop ? 1 : 0 })
    let squares = Estimate(
      meanOf: divergences.map { $0.probabilityChange * $0.probabilityChange })
    let root = squares.value.squareRoot()
    probabilityChange = squares.mapped(to: root, slope: root > 0 ? 0.5 / root : 0)
    bands = ConfidenceBand.all(of: divergences)
    draftAgreement = DraftAgreement(divergences.compactMap(\.drafted))
  }
}

extension Estimate {
  fileprivate static func perplexity(of surprises: [Double]) -> Estimate {
    let mean = Estimate(meanOf: surprises)
    let perplexity = exp(mean.value)
    return mean.mapped(to: perplexity, slope: perplexity)
  }
}

extension [Double] {
  /// The value below which a share of these sorted ones lies, interpolated between neighbours.
  fileprivate func quantile(_ share: Double) -> Double {
    let position = share * Double(count - 1)
    let lower = Int(position)
    let upper = Swift.min(lower + 1, count - 1)
    return self[lower] + (position - Double(lower)) * (self[upper] - self[lower])
  }
}
