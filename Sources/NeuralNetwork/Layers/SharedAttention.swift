import LinearAlgebra
import Threads

/// Attention to the keys and values of a layer before: only queries are this layer's own.
struct SharedAttention: Mixer {
  /// Queries of all heads, side by side.
  let input: Projection
  /// The norm of each head of queries, in models that have it.
  let queryNorm: (any Norm)?
  /// nil in layers that do not know positions.
  let rotation: RotaryEmbedding?
  let scores: AttentionScores
  let output: Projection
  /// The layer whose keys and values are read.
  let source: Int

  /// What a run over whole sequences leaves for the gradient.
  struct Trace {
    let x: Matrix
    /// Queries before the norm and the rotation.
    let projected: Matrix
    /// Queries as the scores see them.
    let queries: Matrix
    let attended: Matrix
  }

  func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) -> (output: Matrix, trace: Trace) {
    let projected = input(x, on: workers)
    let queries = turned(projected, at: batch.positions, on: workers)
    let attended = scores(
      queries, batch.side.keyValues(ofLayer: source), in: batch.sequences, on: workers)
    let trace = Trace(x: x, projected: projected, queries: queries, attended: attended)
    return (output(attended, on: workers), trace)
  }

  /// The output for one more token of every sequence, which the layer whose state this is has taken in already.
  func callAsFunction(_ x: Matrix, after state: KeyValueCache, on workers: Workers) -> Matrix {
    let last = state.length - 1
    let queries = turned(
      input(x, on: workers), at: Array(repeating: last, count: x.rows), on: workers)
    let attended = scores(queries, state.keyValues, in: state.rows, from: last, on: workers)
    return output(attended, on: workers)
  }

  func gradient(
    _ dy: Matrix, along trace: Trace, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix {
    sums.add(output, inputs: trace.attended, gradients: dy, on: workers)
    let dAttended = output.gradient(dy, on: workers)
    let keyValues = batch.side.keyValues(ofLayer: source)
    let dQueries = Matrix(rows: trace.queries.rows, columns: trace.queries.columns)
    let dKeyValues = Matrix(rows: keyValues.rows, columns: keyValues.columns)
    scores.setGradients(
      dQueries, dKeyValues, at: trace.queries, keyValues, dAttended, in: batch.sequences,
      on: workers)
    batch.side.add(keyValueGradient: dKeyValues, ofLayer: source, on: workers)
    rotation?.rotate(dQueries, at: batch.positions, inverse: true, on: workers)
    queryNorm?.replaceGradient(dQueries, at: trace.projected, on: workers)
    sums.add(input, inputs: trace.x, gradients: dQueries, on: workers)
    return input.gradient(dQueries, on: workers)
  }

  /// Queries with their heads normed and turned by their positions.
  private func turned(_ projected: Matrix, at positions: [Int], on workers: Workers) -> Matrix {
    let queries = queryNorm?(projected, on: workers) ?? projected.copy()
    rotation?.rotate(queries, at: positions, on: workers)
    return queries
  }
}
