import LinearAlgebra
import Threads

/// How the output of a branch of a block joins its input: y = x + scale × behind(branch(before(x))).
struct Residual: Sendable {
  /// The norm whose output the branch reads; nil where it reads x itself.
  let before: (any Norm)?
  /// The norm behind the branch, in models that have one.
  let behind: (any Norm)?
  let scale: Float

  /// What the branch reads.
  func input(_ x: Matrix, on workers: Workers) -> Matrix { before?(x, on: workers) ?? x }

  /// The sum, given the output of the branch, which may be overwritten where no norm is behind it.
  func sum(_ x: Matrix, consuming branch: Matrix, on workers: Workers) -> Matrix {
    let sum = behind?(branch, on: workers) ?? branch
    if scale != 1 { sum.scale(by: scale) }
    sum.add(x, on: workers)
    return sum
  }

  /// The gradient at the branch's output, given that at the sum.
  ///
  /// - Parameter branch: the output of the branch, which matters only where a norm is behind it.
  func branchGradient(_ dy: Matrix, at branch: Matrix, on workers: Workers) -> Matrix {
    var dBranch = dy
    if scale != 1 {
      dBranch = dy.copy()
      dBranch.scale(by: scale)
    }
    guard let behind else { return dBranch }
    let gradient = Matrix.zeros(rows: branch.rows, columns: branch.columns)
    behind.addGradient(at: branch, dBranch, to: gradient, on: workers)
    return gradient
  }

  /// The gradient at x.
  ///
  /// - Parameters:
  ///   - dInput: the gradient at the branch's input.
  ///   - dy: the gradient at the sum, which reaches x past the branch too.
  func inputGradient(
    _ dInput: Matrix, beside dy: Matrix, at x: Matrix, on workers: Workers
  ) -> Matrix {
    let dx = dy.copy()
    if let before {
      before.addGradient(at: x, dInput, to: dx, on: workers)
    } else {
      dx.add(dInput, on: workers)
    }
    return dx
  }
}
