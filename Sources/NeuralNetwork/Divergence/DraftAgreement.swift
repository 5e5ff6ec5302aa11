/// How often the token that a draft head holds for the likeliest is the one that its model holds for the likeliest: how
/// many first drafts a program accepts that takes the likeliest token.
package struct DraftAgreement: Sendable, Equatable {
  /// The share of tokens at which the draft head of the base agrees with the base.
  package let base: Estimate
  /// The share at which that of the quantized model agrees with the quantized model.
  package let quantized: Estimate

  /// Sums up tokens; nil where there are none.
  init?(_ tokens: [DraftedToken]) {
    guard !tokens.isEmpty else { return nil }
    base = Estimate(meanOf: tokens.map { $0.base ? 1 : 0 })
    quantized = Estimate(meanOf: tokens.map { $0.quantized ? 1 : 0 })
  }

  package init(base: Estimate, quantized: Estimate) {
    self.base = base
    self.quantized = quantized
  }
}
