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

  /// The features behind the layer, given those before it, `tokens × width`.
  package func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) throws -> Matrix {
    let input = mixerResidual.input(x, on: workers)
    let branch = mixer(input, in: batch, on: workers).output
    let middle = mixerResidual.sum(x, consuming: branch, on: workers)
    return try addFeedForward(to: middle, beside: input, on: workers)
  }

  /// The features of one more token of every sequence, which the mixer's `state` takes in.
  func callAsFunction(
    _ x: Matrix, after state: any MixerState, on workers: Workers
  ) throws -> Matrix {
    let input = mixerResidual.input(x, on: workers)
    let branch = Self.advance(mixer, input, after: state, on: workers)
    let middle = mixerResidual.sum(x, consuming: branch, on: workers)
    return try addFeedForward(to: middle, beside: input, on: workers)
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
    let dFeedForward = try feedForwardGradient(
      dy, at: feedForwardInput(behind: middle, beside: input, on: workers), sums: &sums,
      on: workers)
    let dMiddle =
      switch order {
      case .sequential:
        feedForwardResidual.inputGradient(dFeedForward, beside: dy, at: middle, on: workers)
      case .parallel: dy
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
  private func addFeedForward(
    to middle: Matrix, beside input: Matrix, on workers: Workers
  ) throws -> Matrix {
    let branch = try feedForward(
      feedForwardInput(behind: middle, beside: input, on: workers), on: workers)
    return feedForwardResidual.sum(middle, consuming: branch, on: workers)
  }

  /// The gradient at the feed-forward's input, given that behind the layer. The output of the feed-forward is
  /// computed only where a norm behind it needs it.
  private func feedForwardGradient(
    _ dy: Matrix, at input: Matrix, sums: inout CalibrationSums, on workers: Workers
  ) throws -> Matrix {
    let branch = feedForwardResidual.behind == nil ? input : try feedForward(input, on: workers)
    let dBranch = feedForwardResidual.branchGradient(dy, at: branch, on: workers)
    return try feedForward.gradient(dBranch, at: input, sums: &sums, on: workers)
  }

  private static func advance<M: Mixer>(
    _ mixer: M, _ x: Matrix, after state: any MixerState, on workers: Workers
  ) -> Matrix {
    guard let state = state as? M.State else { preconditionFailure("the state of another mixer") }
    return mixer(x, after: state, on: workers)
  }
}
