import LinearAlgebra
import Threads

/// The half of a block that handles every token by itself, its weights in memory, but for those of experts.
///
/// A feed-forward reads features behind a norm or as they are, and the output is added to what stands before the
/// norm (see `Block`).
/// What leads to the output is computed anew for the gradient, so it leaves no trace.
protocol FeedForward: Sendable {
  /// The output for every token, `tokens × width`.
  func callAsFunction(_ x: Matrix, on workers: Workers) throws -> Matrix

  /// The gradient at the input, given that at the output; `sums` gets what every linear layer met.
  func gradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix
}
