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
    if let headNorms {
      headNorms.queries.normalize(queries(of: qkv), into: queries(of: qkv), on: workers)
      headNorms.keys.normalize(keys(of: qkv), into: keys(of: qkv), on: workers)
    }
    rotation.rotate(rotated(of: qkv), in: batch, on: workers)
    let attended = scores(qkv, in: batch, on: workers)
    let branch = output(attended, on: workers)
    let trace = Trace(
      x: x, normed: normed, projected: projected, qkv: qkv, attended: attended, branch: branch)
    let sum = postNorm?(branch, on: workers) ?? branch.copy()
    sum.add(x, on: workers)
    return (sum, trace)
  }

  /// The gradient at the input, given that at the output.
  func gradient(
    _ dy: Matrix, along trace: Trace, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix {
    let dBranch = postNorm.gradient(at: trace.branch, dy, on: workers)
    sums.add(output, inputs: trace.attended, gradients: dBranch, on: workers)
    let dAttended = output.gradient(dBranch, on: workers)
    var dqkv = scores.gradient(at: trace.qkv, dAttended, in: batch, on: workers)
    rotation.rotate(rotated(of: dqkv), in: batch, inverse: true, on: workers)
    if let headNorms, let projected = trace.projected {
      let dProjected = Matrix.zeros(rows: dqkv.rows, columns: dqkv.columns)
      headNorms.queries.addGradient(
        at: queries(of: projected), queries(of: dqkv), to: queries(of: dProjected), on: workers)
      headNorms.keys.addGradient(
        at: keys(of: projected), keys(of: dqkv), to: keys(of: dProjected), on: workers)
      values(of: dProjected).add(values(of: dqkv), on: workers)
      dqkv = dProjected
    }
    sums.add(input, inputs: trace.normed, gradients: dqkv, on: workers)
    let dx = dy.copy()
    norm.addGradient(at: trace.x, input.gradient(dqkv, on: workers), to: dx, on: workers)
    return dx
  }

  private func queries(of qkv: Matrix) -> Matrix { qkv.columns(0..<queryWidth) }
  private func keys(of qkv: Matrix) -> Matrix { qkv.columns(queryWidth..<queryWidth + keyWidth) }
  private func rotated(of qkv: Matrix) -> Matrix { qkv.columns(0..<queryWidth + keyWidth) }
  private func values(of qkv: Matrix) -> Matrix {
    qkv.columns(queryWidth + keyWidth..<qkv.columns)
  }

  private var queryWidth: Int { scores.heads * scores.headWidth }
  private var keyWidth: Int { scores.keyHeads * scores.headWidth }
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
