package import LinearAlgebra
package import Threads

/// One layer of the network, its weights in memory: a mixer and a feed-forward, each added to its input.
package struct Block: Sendable {
  let mixer: any Mixer
  let mixerNorms: BranchNorms
  let feedForward: any FeedForward
  let feedForwardNorms: BranchNorms

  /// The features behind the layer, given those before it, `tokens × width`.
  package func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) throws -> Matrix {
    let branch = mixer(mixerNorms.input(x, on: workers), in: batch, on: workers).output
    return try feedForward(behind: mixerNorms.sum(x, consuming: branch, on: workers), on: workers)
  }

  /// The features of one more token of every sequence, which the mixer's `state` takes in.
  func callAsFunction(
    _ x: Matrix, after state: any MixerState, on workers: Workers
  ) throws -> Matrix {
    let branch = Self.advance(mixer, mixerNorms.input(x, on: workers), after: state, on: workers)
    return try feedForward(behind: mixerNorms.sum(x, consuming: branch, on: workers), on: workers)
  }

  /// The gradient at the input, given that at the output, computing the layer anew; `sums` gets what
  /// every linear layer met.
  package func gradient(
    _ dy: Matrix, at x: Matrix, in batch: Batch, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix {
    try gradient(through: mixer, dy, at: x, in: batch, sums: &sums, on: workers)
  }

  private func gradient<M: Mixer>(
    through mixer: M, _ dy: Matrix, at x: Matrix, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) throws -> Matrix {
    let (branch, trace) = mixer(mixerNorms.input(x, on: workers), in: batch, on: workers)
    let middle = mixerNorms.sum(x, consuming: branch, on: workers)
    let dMiddle = try feedForwardGradient(dy, at: middle, sums: &sums, on: workers)
    let dBranch = mixerNorms.branchGradient(dMiddle, at: branch, on: workers)
    let dNormed = mixer.gradient(dBranch, along: trace, in: batch, sums: &sums, on: workers)
    return mixerNorms.inputGradient(dNormed, beside: dMiddle, at: x, on: workers)
  }

  /// The features behind the feed-forward, given those before it.
  private func feedForward(behind x: Matrix, on workers: Workers) throws -> Matrix {
    let branch = try feedForward(feedForwardNorms.input(x, on: workers), on: workers)
    return feedForwardNorms.sum(x, consuming: branch, on: workers)
  }

  /// The gradient before the feed-forward, given that behind it. The output of the feed-forward is computed
  /// only where a norm behind it needs it.
  private func feedForwardGradient(
    _ dy: Matrix, at x: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix {
    let normed = feedForwardNorms.input(x, on: workers)
    var dBranch = dy
    if feedForwardNorms.behind != nil {
      dBranch = feedForwardNorms.branchGradient(
        dy, at: try feedForward(normed, on: workers), on: workers)
    }
    let dNormed = try feedForward.gradient(dBranch, at: normed, sums: &sums, on: workers)
    return feedForwardNorms.inputGradient(dNormed, beside: dy, at: x, on: workers)
  }

  private static func advance<M: Mixer>(
    _ mixer: M, _ x: Matrix, after state: any MixerState, on workers: Workers
  ) -> Matrix {
    guard let state = state as? M.State else { preconditionFailure("the state of another mixer") }
    return mixer(x, after: state, on: workers)
  }
}

/// The norms of one half of a block: y = x + behind(branch(before(x))).
struct BranchNorms: Sendable {
  /// The norm before the branch, in models that have one.
  let before: RootMeanSquareNorm?
  /// The norm behind the branch, in models that have one.
  let behind: RootMeanSquareNorm?

  /// What the branch reads, given the input of the half.
  func input(_ x: Matrix, on workers: Workers) -> Matrix { before?(x, on: workers) ?? x }

  /// The output of the half, given its input and the output of its branch, which may be overwritten where
  /// no norm is behind it.
  func sum(_ x: Matrix, consuming branch: Matrix, on workers: Workers) -> Matrix {
    let sum = behind?(branch, on: workers) ?? branch
    sum.add(x, on: workers)
    return sum
  }

  /// The gradient at the branch's output, given that at the half's output.
  ///
  /// - Parameter branch: the output of the branch, which matters only where a norm is behind it.
  func branchGradient(_ dy: Matrix, at branch: Matrix, on workers: Workers) -> Matrix {
    guard let behind else { return dy }
    let gradient = Matrix.zeros(rows: branch.rows, columns: branch.columns)
    behind.addGradient(at: branch, dy, to: gradient, on: workers)
    return gradient
  }

  /// The gradient at the half's input.
  ///
  /// - Parameters:
  ///   - dNormed: the gradient at what the branch reads.
  ///   - dy: the gradient at the half's output, which reaches the input past the branch too.
  func inputGradient(
    _ dNormed: Matrix, beside dy: Matrix, at x: Matrix, on workers: Workers
  ) -> Matrix {
    let dx = dy.copy()
    if let before {
      before.addGradient(at: x, dNormed, to: dx, on: workers)
    } else {
      dx.add(dNormed, on: workers)
    }
    return dx
  }
}
