import LinearAlgebra
import Threads

/// Latent attention (MLA; DeepSeek-V2, arXiv 2405.04434, section 2.1) as a mixer: all heads' keys and values come from
/// one short row of features of a token, its *latents*.
///
/// A head's key is `plain` features from the latents and then `rotary` ones that all heads share, which alone are
/// turned by the position; its query is divided alike. Whole sequences are computed with keys and values expanded.
/// Of sequences that grow token by token the latents are kept, and the expansion is applied to queries and to what
/// they attend to instead.
struct LatentAttention: Mixer {
  /// Queries, or what they are expanded from; then latents before their norm, and rotary keys.
  let input: Projection
  /// The way to queries, in models that compress them.
  let queryExpansion: QueryExpansion?
  let latentNorm: any Norm
  /// The way from latents to keys and values.
  let expansion: LatentExpansion
  let rotation: RotaryEmbedding
  let scores: AttentionScores
  let output: Projection

  /// The way from compressed queries to those of the heads.
  struct QueryExpansion: Sendable {
    let norm: any Norm
    let projection: Projection
  }

  /// What the layers in front of the scores give.
  fileprivate struct Features {
    /// The outputs of `input`, but for straight queries, which are turned.
    let projected: Matrix
    /// Compressed queries behind their norm; nil in models without.
    let compressed: Matrix?
    /// The queries of all heads, turned.
    let queries: Matrix
    /// Latents behind their norm, and turned rotary keys: `tokens × (rank + rotary)`.
    let latents: Matrix
  }

  /// What a run over whole sequences leaves for the gradient.
  struct Trace {
    let x: Matrix
    fileprivate let features: Features
    /// The keys and values of all heads.
    let keyValues: Matrix
    let attended: Matrix
  }

  func callAsFunction(
    _ x: Matrix, in batch: Batch, on workers: Workers
  ) -> (output: Matrix, trace: Trace) {
    let features = features(of: x, at: batch.positions, on: workers)
    let (queries, latents) = (features.queries, features.latents)
    let keyValues = expansion.keyValues(of: latents, on: workers)
    expansion.show(queries, keyValues, latents, to: scores, in: batch.sequences, on: workers)
    let attended = scores(queries, keyValues, in: batch.sequences, on: workers)
    let trace = Trace(x: x, features: features, keyValues: keyValues, attended: attended)
    return (output(attended, on: workers), trace)
  }

  func callAsFunction(_ x: Matrix, after state: KeyValueCache, on workers: Workers) -> Matrix {
    let positions = Array(repeating: state.length, count: x.rows)
    let features = features(of: x, at: positions, on: workers)
    state.append(features.latents)
    let attended = expansion.attended(
      features.queries, latents: state.keyValues, of: state.rows, scale: scores.scale, on: workers)
    return output(attended, on: workers)
  }

  func gradient(
    _ dy: Matrix, along trace: Trace, in batch: Batch, sums: inout CalibrationSums,
    on workers: Workers
  ) -> Matrix {
    let features = trace.features
    sums.add(output, inputs: trace.attended, gradients: dy, on: workers)
    let dAttended = output.gradient(dy, on: workers)

    let dProjected = Matrix.zeros(rows: dy.rows, columns: input.outputs)
    let dQueries =
      queryExpansion == nil
      ? first(of: dProjected) : Matrix(rows: dy.rows, columns: features.queries.columns)
    let dKeyValues = Matrix(rows: dy.rows, columns: trace.keyValues.columns)
    scores.setGradients(
      dQueries, dKeyValues, at: features.queries, trace.keyValues, dAttended, in: batch.sequences,
      on: workers)
    let dLatents = expansion.gradient(
      dKeyValues,
      at: LatentExpansion.Place(
        queries: features.queries, keyValues: trace.keyValues, latents: features.latents,
        dAttended: dAttended, scores: scores, sequences: batch.sequences),
      sums: &sums, on: workers)
    turn(dQueries, dLatents, at: batch.positions, inverse: true, on: workers)

    latentNorm.addGradient(
      at: latents(of: features.projected), widths.latents(of: dLatents),
      to: latents(of: dProjected), on: workers)
    rotaryKeys(of: dProjected).assign(widths.rotaryKeys(of: dLatents))
    if let queryExpansion, let compressed = features.compressed {
      sums.add(queryExpansion.projection, inputs: compressed, gradients: dQueries, on: workers)
      queryExpansion.norm.addGradient(
        at: first(of: features.projected),
        queryExpansion.projection.gradient(dQueries, on: workers), to: first(of: dProjected),
        on: workers)
    }
    sums.add(input, inputs: trace.x, gradients: dProjected, on: workers)
    return input.gradient(dProjected, on: workers)
  }

  private func features(
    of x: Matrix, at positions: [Int], on workers: Workers
  ) -> Features {
    let projected = input(x, on: workers)
    let compressed = queryExpansion?.norm(first(of: projected), on: workers)
    let queries =
      if let queryExpansion, let compressed {
        queryExpansion.projection(compressed, on: workers)
      } else {
        first(of: projected)
      }
    let latents = Matrix(rows: x.rows, columns: widths.latent)
    latentNorm.normalize(
      self.latents(of: projected), into: widths.latents(of: latents), on: workers)
    widths.rotaryKeys(of: latents).assign(rotaryKeys(of: projected))
    turn(queries, latents, at: positions, on: workers)
    return Features(
      projected: projected, compressed: compressed, queries: queries, latents: latents)
  }

  /// Turns the rotary features of queries and of keys by their positions.
  private func turn(
    _ queries: Matrix, _ latents: Matrix, at positions: [Int], inverse: Bool = false,
    on workers: Workers
  ) {
    // From the first rotary feature on it is as far to that of the next head as from head to head.
    rotation.rotate(
      queries.columns(widths.plain..<queries.columns), at: positions, inverse: inverse, on: workers)
    rotation.rotate(
      widths.rotaryKeys(of: latents), at: positions, inverse: inverse, on: workers)
  }

  private var widths: LatentWidths { expansion.widths }

  /// Queries, or what they are expanded from, among the outputs of `input`.
  private func first(of projected: Matrix) -> Matrix {
    projected.columns(0..<input.outputs - widths.latent)
  }

  private func latents(of projected: Matrix) -> Matrix {
    let start = input.outputs - widths.latent
    return projected.columns(start..<start + widths.rank)
  }

  private func rotaryKeys(of projected: Matrix) -> Matrix {
    projected.columns(input.outputs - widths.rotary..<input.outputs)
  }
}
