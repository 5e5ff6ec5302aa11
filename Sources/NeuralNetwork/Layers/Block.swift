package import LinearAlgebra
package import Threads

/// How the halves of a block follow each other.
package enum BlockOrder: Sendable {
  /// The feed-forward reads what the mixer was added to.
  case sequential
  /// The feed-forward reads what the mixer reads; both are added to the block's input.
  case parallel
}

/// One layer of the network, its weights in memory: a mixer and a feed-forward, each added to its input.
package struct Block: Sendable {
  let order: BlockOrder
  let mixer: any Mixer
  let mixerResidual: Residual
  let feedForward: any FeedForward
  let feedForwardResidual: Residual
  /// What comes behind both halves, in models where anything does.
  let tail: BlockTail?

  /// The features behind the layer, given those before it, `tokens × width`.
  package func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) throws -> Matrix {
    let input = mixerResidual.input(x, on: workers)
    let branch = mixer(input, in: batch, on: workers).output
    let middle = mixerResidual.sum(x, consuming: branch, on: workers)
    return try finish(middle, beside: input, in: batch, on: workers)
  }

  /// The features of one more token of every sequence, which the mixer's `state` takes in.
  ///
  /// - Parameter tokens: these tokens as sequences of their own.
  func callAsFunction(
    _ x: Matrix, of tokens: Batch, after state: any MixerState, on workers: Workers
  ) throws -> Matrix {
    let input = mixerResidual.input(x, on: workers)
    let branch = Self.advance(mixer, input, after: state, on: workers)
    let middle = mixerResidual.sum(x, consuming: branch, on: workers)
    return try finish(middle, beside: input, in: tokens, on: workers)
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
    let input = mixerResidual.input(x, on: workers)
    let (branch, trace) = mixer(input, in: batch, on: workers)
    let middle = mixerResidual.sum(x, consuming: branch, on: workers)
    let (dFeedForward, dSum) = try feedForwardGradient(
      dy, at: feedForwardInput(behind: middle, beside: input, on: workers), behind: middle,
      in: batch, sums: &sums, on: workers)
    let dMiddle =
      switch order {
      case .sequential:
        feedForwardResidual.inputGradient(dFeedForward, beside: dSum, at: middle, on: workers)
      case .parallel: dSum
      }
    let dBranch = mixerResidual.branchGradient(dMiddle, at: branch, on: workers)
    let dInput = mixer.gradient(dBranch, along: trace, in: batch, sums: &sums, on: workers)
    if order == .parallel { dInput.add(dFeedForward, on: workers) }
    return mixerResidual.inputGradient(dInput, beside: dMiddle, at: x, on: workers)
  }

  /// What the feed-forward reads.
  ///
  /// - Parameters:
  ///   - middle: the features that the mixer was added to.
  ///   - input: what the mixer reads.
  private func feedForwardInput(
    behind middle: Matrix, beside input: Matrix, on workers: Workers
  ) -> Matrix {
    switch order {
    case .sequential: feedForwardResidual.input(middle, on: workers)
    case .parallel: input
    }
  }

  /// The features behind the layer, given those that the mixer was added to, and what the mixer reads.
  private func finish(
    _ middle: Matrix, beside input: Matrix, in batch: Batch, on workers: Workers
  ) throws -> Matrix {
    let branch = try feedForward(
      feedForwardInput(behind: middle, beside: input, on: workers), on: workers)
    let sum = feedForwardResidual.sum(middle, consuming: branch, on: workers)
    return tail?(sum, beside: batch.side, on: workers) ?? sum
  }

  /// The gradients at the feed-forward's input and at the sum that its output joins, given that behind the layer. The
  /// output of the feed-forward is computed only where what is behind it needs it.
  private func feedForwardGradient(
    _ dy: Matrix, at input: Matrix, behind middle: Matrix, in batch: Batch,
    sums: inout CalibrationSums, on workers: Workers
  ) throws -> (input: Matrix, sum: Matrix) {
    let isOutputNeeded = feedForwardResidual.behind != nil || tail != nil
    let branch = isOutputNeeded ? try feedForward(input, on: workers) : input
    var dSum = dy
    if let tail {
      let sum = feedForwardResidual.sum(middle, consuming: branch.copy(), on: workers)
      dSum = tail.gradient(dy, at: sum, beside: batch.side, sums: &sums, on: workers)
    }
    let dBranch = feedForwardResidual.branchGradient(dSum, at: branch, on: workers)
    return (try feedForward.gradient(dBranch, at: input, sums: &sums, on: workers), dSum)
  }

  private static func advance<M: Mixer>(
    _ mixer: M, _ x: Matrix, after state: any MixerState, on workers: Workers
  ) -> Matrix {
    guard let state = state as? M.State else { preconditionFailure("the state of another mixer") }
    return mixer(x, after: state, on: workers)
  }
}
