import LinearAlgebra
import Threads

/// Attention as a mixer: every token takes up values of the tokens before it.
struct Attention: Mixer {
  /// Queries, keys and values of all heads, side by side.
  let input: Projection
  /// The norms of each head of queries and of keys, in models that have them.
  let headNorms: (queries: RootMeanSquareNorm, keys: RootMeanSquareNorm)?
  let rotation: RotaryEmbedding
  let scores: AttentionScores
  let output: Projection

  /// What a run over whole sequences leaves for the gradient.
  struct Trace {
    let x: Matrix
    /// Queries, keys and values before the heads' norms and the rotation; nil without norms.
    let projected: Matrix?
    /// Queries, keys and values as the scores see them.
    let qkv: Matrix
    let attended: Matrix
  }

  func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) -> (output: Matrix, trace: Trace) {
    let qkv = input(x, on: workers)
    let projected = headNorms == nil ? nil : qkv.copy()
    turn(qkv, at: batch.positions, on: workers)
    let attended = scores(queries(of: qkv), keyValues(of: qkv), in: batch.sequences, on: workers)
    let trace = Trace(x: x, projected: projected, qkv: qkv, attended: attended)
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
    turnBack(dqkv, from: batch.positions, at: trace.projected, on: workers)
    sums.add(input, inputs: trace.x, gradients: dqkv, on: workers)
    return input.gradient(dqkv, on: workers)
  }

  /// Norms the heads of queries and keys, and turns them by their positions.
  private func turn(_ qkv: Matrix, at positions: [Int], on workers: Workers) {
    let (queries, keys) = (queries(of: qkv), keys(of: qkv))
    headNorms?.queries.normalize(queries, into: queries, on: workers)
    headNorms?.keys.normalize(keys, into: keys, on: workers)
    rotation.rotate(queries, at: positions, on: workers)
    rotation.rotate(keys, at: positions, on: workers)
  }

  /// Makes gradients at turned queries and keys those at the projected ones.
  private func turnBack(
    _ dqkv: Matrix, from positions: [Int], at projected: Matrix?, on workers: Workers
  ) {
    let (dQueries, dKeys) = (queries(of: dqkv), keys(of: dqkv))
    rotation.rotate(dQueries, at: positions, inverse: true, on: workers)
    rotation.rotate(dKeys, at: positions, inverse: true, on: workers)
    guard let headNorms, let projected else { return }
    headNorms.queries.replaceGradient(dQueries, at: queries(of: projected), on: workers)
    headNorms.keys.replaceGradient(dKeys, at: keys(of: projected), on: workers)
  }

  private var queryWidth: Int { scores.heads * scores.headWidth }
  private var keyWidth: Int { scores.keyHeads * scores.headWidth }

  private func queries(of qkv: Matrix) -> Matrix { qkv.columns(0..<queryWidth) }
  private func keys(of qkv: Matrix) -> Matrix { qkv.columns(queryWidth..<queryWidth + keyWidth) }
  private func keyValues(of qkv: Matrix) -> Matrix { qkv.columns(queryWidth..<qkv.columns) }
}
