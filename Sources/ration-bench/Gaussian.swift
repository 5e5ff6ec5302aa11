import Foundation

/// Normal variates by Box and Muller over a linear congruential generator (Knuth's MMIX constants),
/// simple enough to be written again in any language for a comparison.
struct Gaussian {
  var state: UInt64

  /// A number of mean 0 and variance 1.
  mutating func next() -> Double {
    let a = uniform()
    let b = uniform()
    return (-2 * log(a + 1e-300)).squareRoot() * cos(2 * .pi * b)
  }

  /// At least 0 and below 1.
  mutating func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 0x1p53
  }
}
