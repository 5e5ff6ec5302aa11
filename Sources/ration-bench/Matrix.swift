import Foundation

/// A seeded matrix of Student-t(6) weights and log-normal importances.
struct Matrix {
  let rows: Int
  let columns: Int
  let weights: [Float]
  let importance: [Float]

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    var random = Gaussian(state: 1)
    weights = (0..<rows * columns).map { _ in
      let normal = random.next()
      var sum = 0.0
      for _ in 0..<6 {
        let value = random.next()
        sum += value * value
      }
      return Float(0.02 * normal / (sum / 6).squareRoot())
    }
    importance = (0..<columns).map { _ in Float(exp(random.next())) }
  }
}

/// Normal variates by Box and Muller over a linear congruential generator (Knuth's MMIX constants),
/// simple enough to be written again in any language for a comparison.
private struct Gaussian {
  var state: UInt64

  mutating func next() -> Double {
    let a = uniform()
    let b = uniform()
    return (-2 * log(a + 1e-300)).squareRoot() * cos(2 * .pi * b)
  }

  private mutating func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 0x1p53
  }
}
