import LinearAlgebra
import TestSupport

/// A layer whose inputs go together: weights, correlations and importance, all seeded.
struct CorrelatedLayer {
  let columns: Int
  let rows: [[Float]]
  /// H ÷ √(Hᵢᵢ Hⱼⱼ), row after row.
  let correlations: [Float]
  let importance: [Float]

  init(columns: Int, rows: Int = 8, directions: Int = 6, seed: UInt64 = 1) {
    self.columns = columns
    var random = SeededGenerator(seed: seed)
    self.rows = (0..<rows).map { _ in
      (0..<columns).map { _ in
        0.1 * (0..<4).reduce(0) { sum, _ in sum + Float.random(in: -1...1, using: &random) }
      }
    }
    importance = (0..<columns).map { _ in Float.random(in: 0.2...3, using: &random) }
    let basis = (0..<directions).map { _ in
      (0..<columns).map { _ in Float.random(in: -1...1, using: &random) }
    }
    var moments = [Float](repeating: 0, count: columns * columns)
    for i in 0..<columns {
      for j in 0..<columns {
        moments[i * columns + j] = basis.reduce(i == j ? 1 : 0) { $0 + $1[i] * $1[j] }
      }
    }
    let scales = (0..<columns).map { moments[$0 * columns + $0].squareRoot() }
    for i in 0..<columns {
      for j in 0..<columns { moments[i * columns + j] /= scales[i] * scales[j] }
    }
    correlations = moments
  }

  /// The correlations in memory of their own.
  var matrix: Matrix {
    let matrix = Matrix(rows: columns, columns: columns)
    for row in 0..<columns {
      for column in 0..<columns { matrix[row][column] = correlations[row * columns + column] }
    }
    return matrix
  }

  /// (1 − α) H + α diag H in units of the mean of the diagonal, with the damping that factors have.
  func moments(shrinkage: Float, damping: Float = 0.01) -> [Double] {
    let mean = importance.reduce(0) { $0 + Double($1) } / Double(columns)
    var moments = correlations.map(Double.init)
    for i in 0..<columns {
      for j in 0..<columns {
        let scale = (Double(importance[i]) * Double(importance[j])).squareRoot() / mean
        moments[i * columns + j] *= scale * (i == j ? 1 : 1 - Double(shrinkage))
      }
      moments[i * columns + i] += Double(damping)
    }
    return moments
  }

  /// e H eᵀ.
  func loss(_ errors: [Float]) -> Double {
    let moments = moments(shrinkage: 0, damping: 0)
    var loss = 0.0
    for i in 0..<columns {
      var sum = 0.0
      for j in 0..<columns { sum += moments[i * columns + j] * Double(errors[j]) }
      loss += sum * Double(errors[i])
    }
    return loss
  }
}
