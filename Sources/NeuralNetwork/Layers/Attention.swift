import Threads

/// The first half of a block: x + attention(norm(x)).
struct Attention: Sendable {
  let norm: RootMeanSquareNorm
  /// Queries, keys and values of all heads, side by side.
  let input: Projection
  /// The norms of each head of queries and of keys, in models that have them.
  let headNorms: (queries: RootMeanSquareNorm, keys: RootMeanSquareNorm)?
  let rotation: RotaryEmbedding
  let scores: AttentionScores
  let output: Projection
  /// The norm behind the layer, in models that have one.
  let postNorm: RootMeanSquareNorm?

  /// What the forward pass leaves for the gradient.
  struct Trace {
    let x: Matrix
    let normed: Matrix
    /// Before the heads' norms and the rotation; nil without norms.
    let projected: Matrix?
    /// As the scores see them.
    let qkv: Matrix
    let attended: Matrix
    /// Before the norm behind the layer.
    let branch: Matrix
  }

  /// The output, and how it came about.
  func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) -> (output: Matrix, trace: Trace) {
    let normed = norm(x, on: workers)
    let qkv = input(normed, on: workers)
    let projected = headNorms == nil ? nil : qkv.copy()
    turn(qkv, at: batch.positions, on: workers)
    let attended = scores(queries(of: qkv), keyValues(of: qkv), in: batch.sequences, on: workers)
    let branch = output(attended, on: workers)
    let trace = Trace(
      x: x, normed: normed, projected: projected, qkv: qkv, attended: attended, branch: branch)
    return (sum(x, branch, on: workers), trace)
  }

  /// The output of one more token of every sequence.
  ///
  /// - Parameter cache: the keys and values of the tokens before, to which those of these are added.
  func callAsFunction(_ x: Matrix, after cache: KeyValueCache, on workers: Workers) -> Matrix {
    let qkv = input(norm(x, on: workers), on: workers)
    turn(qkv, at: Array(repeating: cache.length, count: x.rows), on: workers)
    cache.append(keyValues(of: qkv))
    let attended = scores(
      queries(of: qkv), cache.keyValues, in: cache.rows, from: cache.length - 1, on: workers)
    return sum(x, output(attended, on: workers), on: workers)
  }

  /// The gradient at the input, given that at the output.
  func gradient(
    _ dy: Matrix, along trace: Trace, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix {
    let dBranch = postNorm.gradient(at: trace.branch, dy, on: workers)
    sums.add(output, inputs: trace.attended, gradients: dBranch, on: workers)
    let dAttended = output.gradient(dBranch, on: workers)
    let dqkv = Matrix(rows: trace.qkv.rows, columns: trace.qkv.columns)
    scores.setGradients(
      queries(of: dqkv), keyValues(of: dqkv), at: queries(of: trace.qkv), keyValues(of: trace.qkv),
      dAttended, in: batch.sequences, on: workers)
    turnBack(dqkv, from: batch.positions, at: trace.projected, on: workers)
    sums.add(input, inputs: trace.normed, gradients: dqkv, on: workers)
    let dx = dy.copy()
    norm.addGradient(at: trace.x, input.gradient(dqkv, on: workers), to: dx, on: workers)
    return dx
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

  /// What the layer makes of its input and what attention adds to it.
  private func sum(_ x: Matrix, _ branch: Matrix, on workers: Workers) -> Matrix {
    let sum = postNorm?(branch, on: workers) ?? branch.copy()
    sum.add(x, on: workers)
    return sum
  }

  private var queryWidth: Int { scores.heads * scores.headWidth }
  private var keyWidth: Int { scores.keyHeads * scores.headWidth }

  private func queries(of qkv: Matrix) -> Matrix { qkv.columns(0..<queryWidth) }
  private func keys(of qkv: Matrix) -> Matrix { qkv.columns(queryWidth..<queryWidth + keyWidth) }
  private func keyValues(of qkv: Matrix) -> Matrix { qkv.columns(queryWidth..<qkv.columns) }
}

extension RootMeanSquareNorm? {
  /// The gradient at the input of a norm that a model may lack, given that at its output.
  func gradient(at x: Matrix, _ dy: Matrix, on workers: Workers) -> Matrix {
    guard let self else { return dy }
    let dx = Matrix.zeros(rows: x.rows, columns: x.columns)
    self.addGradient(at: x, dy, to: dx, on: workers)
    return dx
  }
}
