package import Threads

/// One layer of the network, its weights in memory.
package struct Block: Sendable {
  let attention: Attention
  let feedForward: FeedForward

  /// The features behind the layer, given those before it, `tokens × width`.
  package func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) throws -> Matrix {
    try feedForward(attention(x, in: batch, on: workers).output, on: workers)
  }

  /// The features of one more token of every sequence, whose keys and values `cache` gets.
  func callAsFunction(
    _ x: Matrix, after cache: KeyValueCache, on workers: Workers
  ) throws -> Matrix {
    try feedForward(attention(x, after: cache, on: workers), on: workers)
  }

  /// The gradient at the input, given that at the output, computing the layer anew; `sums` gets what
  /// every linear layer met.
  package func gradient(
    _ dy: Matrix, at x: Matrix, in batch: Batch, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix {
    let (middle, trace) = attention(x, in: batch, on: workers)
    let dMiddle = try feedForward.gradient(dy, at: middle, sums: &sums, on: workers)
    return attention.gradient(dMiddle, along: trace, in: batch, sums: &sums, on: workers)
  }
}
