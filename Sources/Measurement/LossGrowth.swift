/// How much a loss exceeds the second order of its expansion, the more the larger the error is.
///
/// The expansion of the KL divergence to second order, ½ Σ g h ΔW², holds for small errors. Beyond them
/// the losses of single tensors and of whole models are close to
///
///     level × second order × (1 + rate × ε)
///
/// with ε the weighted relative error (`Distortion.weightedRelativeError`). The level is the same for
/// all types of a tensor: it is how far the statistics are off. The rate is what the expansion leaves
/// out.
package struct LossGrowth: Sendable, Equatable {
  /// How much a unit of ε adds, as a share of the second order.
  package let rate: Double

  /// Growth at a rate.
  package init(rate: Double) { self.rate = rate }

  /// The loss as a multiple of the second order, at a weighted relative error.
  package func factor(at relativeError: Double) -> Double { 1 + rate * relativeError }

  /// What predictions allow for, the same for every tensor of every model.
  ///
  /// Varied from 0 to 32 on Folio 4M, plans of 2.5, 3.25 and 4.05 bits per weight, actual KLD on text
  /// that was not calibrated on. Without growth, plans lose 17, 14 and 6 % more than with 8. From 4 to
  /// 32 they differ by 6 % at most, but only with 8 are all three predictions right to within 5 %: at
  /// 2.5 bits, 4 promises 21 % too little, and 16 promises 29 % too much. `evidence` is what single
  /// tensors and types showed; `docs/constants.md` has all figures.
  package static let predicted = LossGrowth(rate: 8)
}
