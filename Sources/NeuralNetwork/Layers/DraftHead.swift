import LinearAlgebra
import Threads

/// What drafts the token after next, its weights in memory: NextN, or multi-token prediction (DeepSeek-V3, arXiv
/// 2412.19437, section 2.2).
///
/// It reads what the output head reads of a token, and the embedding of the next token. Both are normed and projected
/// to the features that one more block works on; what this gives is normed for an output head. Which half of the
/// projection is whose, and that features are those behind the model's last norm, is as in `build_mtp_input` of
/// ik_llama.cpp 8337e4cd.
struct DraftHead: Sendable {
  let tokenNorm: RootMeanSquareNorm
  let featureNorm: RootMeanSquareNorm
  let input: Projection
  let block: Block
  let outputNorm: RootMeanSquareNorm

  /// What a run leaves for the gradient.
  struct Trace {
    fileprivate let embeddings: Matrix
    /// What the projection reads: a normed embedding and normed features, side by side.
    fileprivate let joined: Matrix
    /// What the block reads.
    fileprivate let projected: Matrix
    /// What the block gives.
    fileprivate let drafted: Matrix
  }

  /// What an output head reads, `tokens × width`, and how it came about.
  ///
  /// - Parameters:
  ///   - features: for each token what the output head reads of the token before it.
  ///   - embeddings: those of the tokens.
  ///   - batch: the tokens.
  func callAsFunction(
    _ features: Matrix, _ embeddings: Matrix, in batch: Batch, on workers: Workers
  ) throws -> (output: Matrix, trace: Trace) {
    let width = embeddings.columns
    let joined = Matrix(rows: embeddings.rows, columns: 2 * width)
    tokenNorm.normalize(embeddings, into: joined.columns(0..<width), on: workers)
    featureNorm.normalize(features, into: joined.columns(width..<2 * width), on: workers)
    let projected = input(joined, on: workers)
    let drafted = try block(projected, in: batch, on: workers)
    let trace = Trace(
      embeddings: embeddings, joined: joined, projected: projected, drafted: drafted)
    return (outputNorm(drafted, on: workers), trace)
  }

  /// The gradient at the embeddings, given that at the output; `sums` gets what every linear layer met. What the
  /// features have to do with the draft is no matter: errors of the model itself count by what it predicts.
  func gradient(
    _ dy: Matrix, along trace: Trace, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) throws -> Matrix {
    let dDrafted = Matrix.zeros(rows: dy.rows, columns: dy.columns)
    outputNorm.addGradient(at: trace.drafted, dy, to: dDrafted, on: workers)
    let dProjected = try block.gradient(
      dDrafted, at: trace.projected, in: batch, sums: &sums, on: workers)
    sums.add(input, inputs: trace.joined, gradients: dProjected, on: workers)
    let dJoined = input.gradient(dProjected, on: workers)
    let dEmbeddings = Matrix.zeros(rows: dy.rows, columns: dy.columns)
    tokenNorm.addGradient(
      at: trace.embeddings, dJoined.columns(0..<dy.columns), to: dEmbeddings, on: workers)
    return dEmbeddings
  }
}
