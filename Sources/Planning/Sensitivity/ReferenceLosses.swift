package import GGUF

/// What each tensor of a model loses under one type, the reference, all others left as they are:
/// knowledge of sensitivity where no row sensitivity is measured.
package struct ReferenceLosses: Sendable, Equatable {
  /// The reference type.
  package let type: TensorType
  /// The KLD in nats per token, by tensor name.
  package let nats: [String: Double]

  /// Losses under this type.
  package init(type: TensorType, nats: [String: Double]) {
    self.type = type
    self.nats = nats
  }

  /// These losses completed for all `shapes`: where there is none, the prior's, scaled to the level of
  /// those that there are. Unchanged where no tensor has a loss.
  package func completed(
    by prior: SensitivityPrior, for shapes: [String: TensorShape]
  ) -> ReferenceLosses {
    let expected = prior.losses(of: shapes).nats
    let ratios = expected.compactMap { name, loss in nats[name].map { $0 / loss } }
    guard let level = ratios.median else { return self }
    let completed = nats.merging(expected.mapValues { $0 * level }) { known, _ in known }
    return ReferenceLosses(type: type, nats: completed)
  }
}

extension Collection<Double> {
  /// The value in the middle, the mean of the two where there is none; nil for no values.
  package var median: Double? {
    guard !isEmpty else { return nil }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
