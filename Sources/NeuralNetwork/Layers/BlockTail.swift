import LinearAlgebra
import Threads

/// What a layer does behind its two halves, in models where it does anything: it takes up what it is given of the tokens,
/// and multiplies the result by a number.
struct BlockTail: Sendable {
  let branch: LayerInputBranch?
  let scale: Float

  /// The features behind the tail, given those before it.
  func callAsFunction(_ x: Matrix, beside side: SideFeatures, on workers: Workers) -> Matrix {
    let y = branch?(x, beside: side, on: workers) ?? x.copy()
    y.scale(by: scale)
    return y
  }

  /// The gradient before the tail, given that behind it.
  func gradient(
    _ dy: Matrix, at x: Matrix, beside side: SideFeatures, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix {
    let dx = dy.copy()
    dx.scale(by: scale)
    return branch?.gradient(dx, at: x, beside: side, sums: &sums, on: workers) ?? dx
  }
}
