import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// What each token counts where a weight's inputs are averaged: its gradient energy s = Σ δ² over the weight's
/// outputs, in medians of s over the tokens that have any, and no more than `limit`.
///
/// Energies are heavy-tailed. At an attention sink, one token of a text may have a hundred times the energy of all
/// others together, and would decide alone.
package struct TokenWeights {
  /// The most that a token counts, in medians. With `iq4_nl` everywhere in SmolLM2-135M, the KLD is 0.1491 under plain
  /// importance, 0.1463 with a limit of 4, 0.1468 with 16, 0.1447 with 64 and 0.1449 without (docs/constants.md).
  package static let limit: Float = 64

  /// What each token counts, in medians.
  let shares: [Float]
  /// The median of s over the tokens where it is not 0; 0 where there are none.
  let median: Double
  /// How many tokens were clipped.
  let clipped: Int
  /// The largest s before it was clipped, in medians.
  let largest: Double

  /// - Parameter gradients: those at the weight's outputs, `tokens × outputs`.
  init(gradients: Matrix, on workers: Workers) {
    let energies = gradients.rowSquares(on: workers)
    let sorted = energies.filter { $0 > 0 }.sorted()
    let median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    self.median = Double(median)
    let medians = energies.map { median > 0 ? $0 / median : 0 }
    shares = medians.map { min($0, Self.limit) }
    clipped = medians.count { $0 > Self.limit }
    largest = Double(medians.max() ?? 0)
  }
}
