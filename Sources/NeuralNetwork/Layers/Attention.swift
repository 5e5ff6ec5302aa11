import LinearAlgebra
import Threads

/// Attention as a mixer: every token takes up values of the tokens before it.
struct Attention: Mixer {
  /// Queries, keys and values of all heads, side by side, and gates of the output in models that have them.
  let input: Projection
  /// Where the outputs of the projection are in another order.
  let order: ColumnOrder?
  /// The norms of queries and of keys, in models that have them.
  let headNorms: HeadNorms?
  /// The norm of each head of values, in models that have it.
  let valueNorm: RootMeanSquareNorm?
  /// Whether values are what keys are before their norm: the input then has none.
  let valuesAreKeys: Bool
  /// The number of this layer where later layers attend to its keys and values.
  let sharedAs: Int?
  /// nil in layers that do not know positions.
  let rotation: RotaryEmbedding?
  /// nil where attention is equally sharp everywhere.
  let temperature: AttentionTemperature?
  let scores: AttentionScores
  let output: Projection

  /// What a run over whole sequences leaves for the gradient.
  struct Trace {
    let x: Matrix
    /// Queries, keys and values as the heads' norms read them; nil without norms.
    let unnormed: Matrix?
    /// Queries, keys and values as the scores see them, and the gates.
    let qkv: Matrix
    let attended: Matrix
    /// What the gates let through of the attended values.
    let gated: Matrix
  }

  func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) -> (output: Matrix, trace: Trace) {
    let qkv = project(x, on: workers)
    let unnormed = turn(qkv, at: batch.positions, keepingUnnormed: true, on: workers)
    if let sharedAs { batch.side.put(keyValues: keyValues(of: qkv).copy(), ofLayer: sharedAs) }
    let attended = scores(queries(of: qkv), keyValues(of: qkv), in: batch.sequences, on: workers)
    let gated = gate(attended, by: qkv, on: workers)
    let trace = Trace(x: x, unnormed: unnormed, qkv: qkv, attended: attended, gated: gated)
    return (output(gated, on: workers), trace)
  }

  func callAsFunction(_ x: Matrix, after state: KeyValueCache, on workers: Workers) -> Matrix {
    let qkv = project(x, on: workers)
    turn(qkv, at: Array(repeating: state.length, count: x.rows), on: workers)
    state.append(keyValues(of: qkv))
    let attended = scores(
      queries(of: qkv), state.keyValues, in: state.rows, from: state.length - 1, on: workers)
    return output(gate(attended, by: qkv, on: workers), on: workers)
  }

  func gradient(
    _ dy: Matrix, along trace: Trace, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix {
    sums.add(output, inputs: trace.gated, gradients: dy, on: workers)
    let dqkv = Matrix(rows: trace.qkv.rows, columns: trace.qkv.columns)
    let dAttended = attendedGradient(
      output.gradient(dy, on: workers), along: trace, settingGates: dqkv, on: workers)
    scores.setGradients(
      queries(of: dqkv), keyValues(of: dqkv), at: queries(of: trace.qkv), keyValues(of: trace.qkv),
      dAttended, in: batch.sequences, on: workers)
    if let sharedAs, let others = batch.side.takeKeyValueGradient(ofLayer: sharedAs) {
      keyValues(of: dqkv).add(others, on: workers)
    }
    turnBack(dqkv, from: batch.positions, at: trace.unnormed, on: workers)
    if valuesAreKeys { keys(of: dqkv).add(values(of: dqkv), on: workers) }
    let dInput = order?.undone(dqkv, on: workers) ?? dqkv.columns(0..<input.outputs)
    sums.add(input, inputs: trace.x, gradients: dInput, on: workers)
    return input.gradient(dInput, on: workers)
  }

  /// What the gates beside queries, keys and values let through, all of it where there are none.
  private func gate(_ attended: Matrix, by qkv: Matrix, on workers: Workers) -> Matrix {
    guard let gates = self.gates(of: qkv) else { return attended }
    return SigmoidGate.output(attended, gates: gates, on: workers)
  }

  /// The gradient at attended values, given that at what the gates let through; sets that at the gates.
  private func attendedGradient(
    _ dGated: Matrix, along trace: Trace, settingGates dqkv: Matrix, on workers: Workers
  ) -> Matrix {
    guard let gates = self.gates(of: trace.qkv), let dGates = self.gates(of: dqkv) else {
      return dGated
    }
    dGates.assign(gates)
    let dAttended = trace.attended.copy()
    SigmoidGate.setGradients(at: dGated, replacing: dAttended, gates: dGates, on: workers)
    return dAttended
  }

  /// Queries, keys and values, and gates in models that have them.
  private func project(_ x: Matrix, on workers: Workers) -> Matrix {
    let projected = input(x, on: workers)
    if let order { return order(projected, on: workers) }
    guard valuesAreKeys else { return projected }
    let qkv = Matrix(rows: x.rows, columns: queryWidth + 2 * keyWidth)
    qkv.columns(0..<projected.columns).assign(projected)
    values(of: qkv).assign(keys(of: qkv))
    return qkv
  }

  /// Norms queries and keys and turns them by their positions, in the model's order, and sharpens queries; and norms
  /// values.
  ///
  /// - Parameter keepingUnnormed: Whether to return queries, keys and values as the norms read them, where there
  ///   are norms.
  @discardableResult
  private func turn(
    _ qkv: Matrix, at positions: [Int], keepingUnnormed: Bool = false, on workers: Workers
  ) -> Matrix? {
    if turnsFirst { rotate(qkv, at: positions, on: workers) }
    let hasNorms = headNorms != nil || valueNorm != nil
    let unnormed = keepingUnnormed && hasNorms ? qkv.copy() : nil
    let (queries, keys) = (queries(of: qkv), keys(of: qkv))
    headNorms?.queries.normalize(queries, into: queries, on: workers)
    headNorms?.keys.normalize(keys, into: keys, on: workers)
    valueNorm?.normalize(values(of: qkv), into: values(of: qkv), on: workers)
    if !turnsFirst { rotate(qkv, at: positions, on: workers) }
    temperature?.scale(queries, at: positions)
    return unnormed
  }

  /// Makes gradients at queries, keys and values as the scores see them those at the projected ones.
  private func turnBack(
    _ dqkv: Matrix, from positions: [Int], at unnormed: Matrix?, on workers: Workers
  ) {
    temperature?.scale(queries(of: dqkv), at: positions)
    if !turnsFirst { rotate(dqkv, at: positions, inverse: true, on: workers) }
    if let unnormed {
      headNorms?.queries.replaceGradient(
        queries(of: dqkv), at: queries(of: unnormed), on: workers)
      headNorms?.keys.replaceGradient(keys(of: dqkv), at: keys(of: unnormed), on: workers)
      valueNorm?.replaceGradient(values(of: dqkv), at: values(of: unnormed), on: workers)
    }
    if turnsFirst { rotate(dqkv, at: positions, inverse: true, on: workers) }
  }

  /// Whether queries and keys are turned before they are normed.
  private var turnsFirst: Bool { headNorms?.place == .behindRotation }

  private func rotate(
    _ qkv: Matrix, at positions: [Int], inverse: Bool = false, on workers: Workers
  ) {
    rotation?.rotate(queries(of: qkv), at: positions, inverse: inverse, on: workers)
    rotation?.rotate(keys(of: qkv), at: positions, inverse: inverse, on: workers)
  }

  private var queryWidth: Int { scores.heads * scores.keyWidth }
  private var keyWidth: Int { scores.keyHeads * scores.keyWidth }

  private func queries(of qkv: Matrix) -> Matrix { qkv.columns(0..<queryWidth) }
  private func keys(of qkv: Matrix) -> Matrix { qkv.columns(queryWidth..<queryWidth + keyWidth) }
  private func values(of qkv: Matrix) -> Matrix {
    qkv.columns(queryWidth + keyWidth..<queryWidth + 2 * keyWidth)
  }
  private func keyValues(of qkv: Matrix) -> Matrix {
    qkv.columns(queryWidth..<queryWidth + 2 * keyWidth)
  }
  private func gates(of qkv: Matrix) -> Matrix? {
    let start = queryWidth + 2 * keyWidth
    return start < qkv.columns ? qkv.columns(start..<qkv.columns) : nil
  }
}
