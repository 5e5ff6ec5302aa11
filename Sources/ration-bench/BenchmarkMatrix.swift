import Foundation

/// A seeded matrix of Student-t(6) weights and log-normal importances.
struct BenchmarkMatrix {
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
