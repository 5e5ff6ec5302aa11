import LinearAlgebra
import Threads

/// Attention as a mixer: every token takes up values of the tokens before it.
struct Attention: Mixer {
  /// Queries, keys and values of all heads, side by side.
  let input: Projection
  /// The norms of queries and of keys, in models that have them.
  let headNorms: HeadNorms?
  let rotation: RotaryEmbedding
  let scores: AttentionScores
  let output: Projection

  /// What a run over whole sequences leaves for the gradient.
  struct Trace {
    let x: Matrix
    /// Queries, keys and values as the heads' norms read them; nil without norms.
    let unnormed: Matrix?
    /// Queries, keys and values as the scores see them.
    let qkv: Matrix
    let attended: Matrix
  }

  func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) -> (output: Matrix, trace: Trace) {
    let qkv = input(x, on: workers)
    let unnormed = turn(qkv, at: batch.positions, keepingUnnormed: true, on: workers)
    let attended = scores(queries(of: qkv), keyValues(of: qkv), in: batch.sequences, on: workers)
    let trace = Trace(x: x, unnormed: unnormed, qkv: qkv, attended: attended)
    return (output(attended, on: workers), trace)
  }

  func callAsFunction(_ x: Matrix, after state: KeyValueCache, on workers: Workers) -> Matrix {
    let qkv = input(x, on: workers)
    turn(qkv, at: Array(repeating: state.length, count: x.rows), on: workers)
    state.append(keyValues(of: qkv))
    let attended = scores(
      queries(of: qkv), state.keyValues, in: state.rows, from: state.length - 1, on: workers)
    return output(attended, on: workers)
  }

  func gradient(
    _ dy: Matrix, along trace: Trace, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix {
    sums.add(output, inputs: trace.attended, gradients: dy, on: workers)
    let dAttended = output.gradient(dy, on: workers)
    let dqkv = Matrix(rows: trace.qkv.rows, columns: trace.qkv.columns)
    scores.setGradients(
      queries(of: dqkv), keyValues(of: dqkv), at: queries(of: trace.qkv), keyValues(of: trace.qkv),
      dAttended, in: batch.sequences, on: workers)
    turnBack(dqkv, from: batch.positions, at: trace.unnormed, on: workers)
    sums.add(input, inputs: trace.x, gradients: dqkv, on: workers)
    return input.gradient(dqkv, on: workers)
  }

  /// Norms queries and keys and turns them by their positions, in the model's order.
  ///
  /// - Parameter keepingUnnormed: Whether to return queries, keys and values as the norms read them, where there
  ///   are norms.
  @discardableResult
  private func turn(
    _ qkv: Matrix, at positions: [Int], keepingUnnormed: Bool = false, on workers: Workers
  ) -> Matrix? {
    if turnsFirst { rotate(qkv, at: positions, on: workers) }
    let unnormed = keepingUnnormed && headNorms != nil ? qkv.copy() : nil
    let (queries, keys) = (queries(of: qkv), keys(of: qkv))
    headNorms?.queries.normalize(queries, into: queries, on: workers)
    headNorms?.keys.normalize(keys, into: keys, on: workers)
    if !turnsFirst { rotate(qkv, at: positions, on: workers) }
    return unnormed
  }

  /// Makes gradients at queries and keys as the scores see them those at the projected ones.
  private func turnBack(
    _ dqkv: Matrix, from positions: [Int], at unnormed: Matrix?, on workers: Workers
  ) {
    if !turnsFirst { rotate(dqkv, at: positions, inverse: true, on: workers) }
    if let headNorms, let unnormed {
      headNorms.queries.replaceGradient(queries(of: dqkv), at: queries(of: unnormed), on: workers)
      headNorms.keys.replaceGradient(keys(of: dqkv), at: keys(of: unnormed), on: workers)
    }
    if turnsFirst { rotate(dqkv, at: positions, inverse: true, on: workers) }
  }

  /// Whether queries and keys are turned before they are normed.
  private var turnsFirst: Bool { headNorms?.place == .behindRotation }

  private func rotate(
    _ qkv: Matrix, at positions: [Int], inverse: Bool = false, on workers: Workers
  ) {
    rotation.rotate(queries(of: qkv), at: positions, inverse: inverse, on: workers)
    rotation.rotate(keys(of: qkv), at: positions, inverse: inverse, on: workers)
  }

  private var queryWidth: Int { scores.heads * scores.headWidth }
  private var keyWidth: Int { scores.keyHeads * scores.headWidth }

  private func queries(of qkv: Matrix) -> Matrix { qkv.columns(0..<queryWidth) }
  private func keys(of qkv: Matrix) -> Matrix { qkv.columns(queryWidth..<queryWidth + keyWidth) }
  private func keyValues(of qkv: Matrix) -> Matrix { qkv.columns(queryWidth..<qkv.columns) }
}
