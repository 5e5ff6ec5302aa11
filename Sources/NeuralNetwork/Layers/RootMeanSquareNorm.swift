import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// Scales a group of features to a root mean square of 1 and then each by its weight:
/// y = w x r with r = 1 / √(mean(x²) + ε).
///
/// A row may hold many groups of the weights' length side by side: the heads of a token.
struct RootMeanSquareNorm: Sendable {
  let weights: [Float]
  let epsilon: Float

  /// The normalised rows.
  func callAsFunction(_ x: Matrix, on workers: Workers) -> Matrix {
    let y = Matrix(rows: x.rows, columns: x.columns)
    normalize(x, into: y, on: workers)
    return y
  }

  /// Sets `y`, which may be `x`, to the normalised rows of `x`.
  func normalize(_ x: Matrix, into y: Matrix, on workers: Workers) {
    forEachGroup(of: x, on: workers) { row, start, count in
      let group = x[row] + start
      Kernels.active.pointee.scaled_product(
        group, weights, inverseRoot(group, count), count, y[row] + start)
    }
  }

  /// Adds the gradient at `x`, given that at the output:
  /// dx = r w dy − x r³ mean(w dy x).
  func addGradient(at x: Matrix, _ dy: Matrix, to dx: Matrix, on workers: Workers) {
    addGradient(at: x, dy, to: dx, clearing: false, on: workers)
  }

  /// Turns the gradient at the output into that at `x`.
  func replaceGradient(_ dy: Matrix, at x: Matrix, on workers: Workers) {
    addGradient(at: x, dy, to: dy, clearing: true, on: workers)
  }

  private func addGradient(
    at x: Matrix, _ dy: Matrix, to dx: Matrix, clearing: Bool, on workers: Workers
  ) {
    forEachGroup(of: x, on: workers) { row, start, count in
      let kernels = Kernels.active.pointee
      let group = x[row] + start
      let inverse = inverseRoot(group, count)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Int(count)) { weighted in
        let weighted = weighted.baseAddress!
        kernels.scaled_product(dy[row] + start, weights, 1, count, weighted)
        if clearing { (dx[row] + start).update(repeating: 0, count: Int(count)) }
        let mean = kernels.dot(weighted, group, count) / Float(count)
        kernels.add_combination(
          inverse, weighted, -inverse * inverse * inverse * mean, group, count, dx[row] + start)
      }
    }
  }

  private func inverseRoot(_ group: UnsafePointer<Float>, _ count: Int32) -> Float {
    1 / (Kernels.active.pointee.dot(group, group, count) / Float(count) + epsilon).squareRoot()
  }

  /// Calls `body` with the row, first column and length of every group.
  private func forEachGroup(
    of x: Matrix, on workers: Workers, _ body: @Sendable (Int, Int, Int32) -> Void
  ) {
    workers.forEachRange(of: x.rows, size: 32) { rows in
      for row in rows {
        for start in stride(from: 0, to: x.columns, by: weights.count) {
          body(row, start, Int32(weights.count))
        }
      }
    }
  }
}
