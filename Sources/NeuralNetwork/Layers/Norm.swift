import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// Brings features to one size before a branch of the network reads them, or behind it.
///
/// A row of features is made of groups that are brought to it each by itself: the one of a token, or those of
/// its heads, side by side.
protocol Norm: Sendable {
  /// Features of a group.
  var width: Int { get }

  /// Sets `y`, which may be `x`, to a normalised group.
  ///
  /// - Parameter group: its number in the row, which decides what its features are weighed by.
  func normalize(_ x: UnsafePointer<Float>, group: Int, into y: UnsafeMutablePointer<Float>)

  /// Sets `dx`, which is neither of the others, to the gradient at a group `x`, given that at the output.
  func setGradient(
    _ dx: UnsafeMutablePointer<Float>, at x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
    group: Int)
}

extension Norm {
  /// The normalised rows.
  func callAsFunction(_ x: Matrix, on workers: Workers) -> Matrix {
    let y = Matrix(rows: x.rows, columns: x.columns)
    normalize(x, into: y, on: workers)
    return y
  }

  /// Sets `y`, which may be `x`, to the normalised rows of `x`.
  func normalize(_ x: Matrix, into y: Matrix, on workers: Workers) {
    forEachGroup(of: x, on: workers) { row, group in
      normalize(x[row] + group * width, group: group, into: y[row] + group * width)
    }
  }

  /// Adds the gradient at `x`, given that at the output.
  func addGradient(at x: Matrix, _ dy: Matrix, to dx: Matrix, on workers: Workers) {
    forEachGradient(at: x, dy, on: workers) { gradient, row, start in
      Kernels.active.pointee.add_combination(
        1, gradient, 0, gradient, Int32(width), dx[row] + start)
    }
  }

  /// Turns the gradient at the output into that at `x`.
  func replaceGradient(_ dy: Matrix, at x: Matrix, on workers: Workers) {
    forEachGradient(at: x, dy, on: workers) { gradient, row, start in
      (dy[row] + start).update(from: gradient, count: width)
    }
  }

  /// Calls `body` with the gradient at every group, its row and its first column.
  private func forEachGradient(
    at x: Matrix, _ dy: Matrix, on workers: Workers,
    _ body: @Sendable (UnsafePointer<Float>, Int, Int) -> Void
  ) {
    forEachGroup(of: x, on: workers) { row, group in
      let start = group * width
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { gradient in
        let gradient = gradient.baseAddress!
        setGradient(gradient, at: x[row] + start, dy[row] + start, group: group)
        body(gradient, row, start)
      }
    }
  }

  /// Calls `body` with every row and the number of every group in it.
  private func forEachGroup(
    of x: Matrix, on workers: Workers, _ body: @Sendable (Int, Int) -> Void
  ) {
    workers.forEachRange(of: x.rows, size: 32) { rows in
      for row in rows {
        for group in 0..<x.columns / width { body(row, group) }
      }
    }
  }
}
