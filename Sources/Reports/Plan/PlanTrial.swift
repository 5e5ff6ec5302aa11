package import NeuralNetwork

/// A plan that was run before one of several was chosen.
package struct PlanTrial: Sendable {
  /// What it differs in; nil for the one that is predicted to lose least.
  package let variation: String?
  /// Its predicted loss, by what it was planned with.
  package let predicted: Double
  /// Its mean KLD over the text.
  package let kld: Estimate
  /// Whether it was chosen.
  package let isChosen: Bool

  package init(variation: String?, predicted: Double, kld: Estimate, isChosen: Bool) {
    self.variation = variation
    self.predicted = predicted
    self.kld = kld
    self.isChosen = isChosen
  }
}
