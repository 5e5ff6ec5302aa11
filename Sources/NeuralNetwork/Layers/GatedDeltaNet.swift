import LinearAlgebra
import Threads

/// Linear attention as a mixer (Qwen3-Next): queries, keys and values that were convolved over a few tokens go through a
/// delta rule, and what it finds is normed and gated.
struct GatedDeltaNet: Mixer {
  /// Queries, keys and values, gates z of the output, and β and α of the rule's gates, side by side.
  let input: Projection
  /// Where the outputs of the projection are in another order.
  let order: ColumnOrder?
  let convolution: ShortConvolution
  /// The norms that give each query and each key a length: 1 / √width and 1.
  let lengths: (queries: RootMeanSquareNorm, keys: RootMeanSquareNorm)
  let gates: DeltaGateRule
  let rule: DeltaRule
  /// The norm of what each head finds.
  let norm: RootMeanSquareNorm
  let output: Projection

  /// What a run over whole sequences leaves for the gradient.
  struct Trace {
    let x: Matrix
    /// The outputs of the projection, in the mixer's order.
    let projected: Matrix
    /// Queries, keys and values behind the convolution, before SiLU.
    let convolved: Matrix
    /// Queries, keys and values as the rule sees them.
    let qkv: Matrix
    let gates: DeltaGates
    /// The states before each chunk of the rule.
    let checkpoints: Matrix
    /// What the rule finds.
    let found: Matrix
    /// The same normed and gated.
    let gated: Matrix
  }

  func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) -> (output: Matrix, trace: Trace) {
    let projected = project(x, on: workers)
    let convolved = convolution(features(of: projected), in: batch.sequences, on: workers)
    let qkv = lookups(convolved, on: workers)
    let gates = gates(gateInputs(of: projected), on: workers)
    let checkpoints = rule.makeCheckpoints(of: batch.sequences)
    let found = rule(
      qkv, gates, in: batch.sequences,
      from: rule.makeStates(sequences: batch.sequences.count), keeping: checkpoints, on: workers)
    let gated = Activation.silu(gating(found, projected, on: workers), on: workers)
    let trace = Trace(
      x: x, projected: projected, convolved: convolved, qkv: qkv, gates: gates,
      checkpoints: checkpoints, found: found, gated: gated)
    return (output(gated, on: workers), trace)
  }

  func callAsFunction(_ x: Matrix, after state: DeltaState, on workers: Workers) -> Matrix {
    let projected = project(x, on: workers)
    state.append(features(of: projected))
    let convolved = convolution.last(state.seen, in: state.rows, on: workers)
    let found = rule(
      lookups(convolved, on: workers), gates(gateInputs(of: projected), on: workers),
      in: (0..<x.rows).map { $0..<$0 + 1 }, from: state.heads, on: workers)
    return output(
      Activation.silu(gating(found, projected, on: workers), on: workers), on: workers)
  }

  func gradient(
    _ dy: Matrix, along trace: Trace, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix {
    sums.add(output, inputs: trace.gated, gradients: dy, on: workers)
    let dGated = output.gradient(dy, on: workers)
    let dProjected = Matrix(rows: trace.projected.rows, columns: trace.projected.columns)

    let gating = gating(trace.found, trace.projected, on: workers)
    Activation.silu.gradient(at: dGated, replacing: gating, on: workers)
    outputGates(of: dProjected).assign(gating.columns(0..<dGated.columns))
    let dFound = gating.columns(dGated.columns..<gating.columns)
    norm.replaceGradient(dFound, at: trace.found, on: workers)

    let dqkv = Matrix(rows: trace.qkv.rows, columns: trace.qkv.columns)
    let dGates = DeltaGates(tokens: dqkv.rows, heads: rule.heads.count)
    rule.setGradients(
      dqkv, dGates, at: trace.qkv, trace.gates, from: trace.checkpoints, dFound,
      in: batch.sequences, on: workers)
    gates.setGradient(
      gateInputs(of: dProjected), at: gateInputs(of: trace.projected), dGates, on: workers)
    convolution.setGradient(
      features(of: dProjected), at: convolvedGradient(dqkv, at: trace.convolved, on: workers),
      in: batch.sequences, on: workers)

    let dInput = order?.undone(dProjected, on: workers) ?? dProjected
    sums.add(input, inputs: trace.x, gradients: dInput, on: workers)
    return input.gradient(dInput, on: workers)
  }

  private func project(_ x: Matrix, on workers: Workers) -> Matrix {
    let projected = input(x, on: workers)
    return order?(projected, on: workers) ?? projected
  }

  /// Queries, keys and values as the rule sees them, given the convolved features.
  private func lookups(_ convolved: Matrix, on workers: Workers) -> Matrix {
    let qkv = SigmoidGate.output(convolved, gates: convolved, on: workers)
    lengths.queries.normalize(queries(of: qkv), into: queries(of: qkv), on: workers)
    lengths.keys.normalize(keys(of: qkv), into: keys(of: qkv), on: workers)
    return qkv
  }

  /// The gradient at the convolved features, given that at queries, keys and values, which is consumed.
  private func convolvedGradient(
    _ dqkv: Matrix, at convolved: Matrix, on workers: Workers
  ) -> Matrix {
    let lookups = convolved.columns(0..<2 * rule.heads.keyWidth)
    let active = SigmoidGate.output(lookups, gates: lookups, on: workers)
    lengths.queries.replaceGradient(queries(of: dqkv), at: queries(of: active), on: workers)
    lengths.keys.replaceGradient(keys(of: dqkv), at: keys(of: active), on: workers)
    // Each feature is gated by itself.
    let (features, gates) = (convolved.copy(), convolved.copy())
    SigmoidGate.setGradients(at: dqkv, replacing: features, gates: gates, on: workers)
    features.add(gates, on: workers)
    return features
  }

  /// The gates of the output and, behind them, what they gate: what the heads found, normed.
  private func gating(_ found: Matrix, _ projected: Matrix, on workers: Workers) -> Matrix {
    let gating = Matrix(rows: found.rows, columns: 2 * found.columns)
    gating.columns(0..<found.columns).assign(outputGates(of: projected))
    norm.normalize(
      found, into: gating.columns(found.columns..<gating.columns), on: workers)
    return gating
  }

  private func queries(of qkv: Matrix) -> Matrix { qkv.columns(0..<rule.heads.keyWidth) }
  private func keys(of qkv: Matrix) -> Matrix {
    qkv.columns(rule.heads.keyWidth..<2 * rule.heads.keyWidth)
  }

  private func features(of projected: Matrix) -> Matrix {
    projected.columns(0..<rule.heads.features)
  }
  private func outputGates(of projected: Matrix) -> Matrix {
    projected.columns(rule.heads.features..<rule.heads.features + rule.heads.valueWidth)
  }
  private func gateInputs(of projected: Matrix) -> Matrix {
    projected.columns(projected.columns - 2 * rule.heads.count..<projected.columns)
  }
}
