import Codecs
import KernelsC
import LinearAlgebra
import Threads

/// The linear layer from latents to the keys and values of all heads.
///
/// A model keeps its weights in one tensor, or in two as *absorbed* attention multiplies with them: for keys a layer
/// from each head's plain query to latents, for values one from the latents that a head attends to. What is computed
/// is the same. What the weights read is not, and statistics are of what they read where they are.
struct LatentExpansion: Sendable {
  /// Where the weights are.
  enum Tensors: Sendable {
    /// In a tensor of this name that reads latents.
    case whole(String)
    /// In tensors of these names that have a slice for each head. `keys` reads plain queries, `values` the latents
    /// that the head attends to.
    case absorbed(keys: String, values: String)
  }

  let widths: LatentWidths
  let tensors: Tensors
  /// All weights, `widths.expanded × widths.rank`.
  let weight: WeightMatrix
  /// How latents are rounded before they are multiplied.
  let activations: ActivationFormat
  /// Whom the inputs are shown to, if anyone.
  var observer: (any InputObserver)?

  /// For so many heads at a time, rows of latents are made for statistics.
  private static let headsAtATime = 8

  /// The keys of all heads, and then their values.
  ///
  /// - Parameter latents: with rotary keys beside them, `tokens × widths.latent`.
  func keyValues(of latents: Matrix, on workers: Workers) -> Matrix {
    let expanded = Matrix(rows: latents.rows, columns: widths.expanded)
    weight.multiply(
      widths.latents(of: latents).rounded(to: activations, on: workers), into: expanded, on: workers
    )
    let keyValues = Matrix(
      rows: latents.rows, columns: widths.heads * (widths.key + widths.value))
    workers.forEachRange(of: latents.rows, size: 32) { rows in
      let (source, target) = (expanded.rows(rows), keyValues.rows(rows))
      let rotary = widths.rotaryKeys(of: latents.rows(rows))
      for head in 0..<widths.heads {
        let columns = widths.expanded(head)
        plainKey(head, of: target).assign(source.columns(columns.key))
        rotaryKey(head, of: target).assign(rotary)
        value(head, of: target).assign(source.columns(columns.value))
      }
    }
    return keyValues
  }

  /// What one token of each sequence attends to: of every head the sum of values by their shares.
  ///
  /// The key weights turn a query into one that meets latents, and the value weights what it takes of them into
  /// values, so nothing is expanded.
  ///
  /// - Parameters:
  ///   - queries: a row for each sequence.
  ///   - latents: those of all sequences, with rotary keys beside them.
  ///   - sequences: the rows of each, the new token among them.
  ///   - scale: the factor of scores.
  func attended(
    _ queries: Matrix, latents: Matrix, of sequences: [Range<Int>], scale: Float,
    on workers: Workers
  ) -> Matrix {
    let absorbed = Matrix(rows: queries.rows, columns: widths.heads * widths.latent)
    workers.forEach(widths.heads) { head in
      let target = absorbed.columns(head * widths.latent..<(head + 1) * widths.latent)
      weight.rows(widths.expanded(head).key).multiplyBack(
        widths.plainQuery(head, of: queries), into: widths.latents(of: target), adding: false,
        on: Workers(1))
      widths.rotaryKeys(of: target).assign(widths.rotaryQuery(head, of: queries))
    }
    let taken = Matrix(rows: queries.rows, columns: widths.heads * widths.rank)
    workers.forEach(sequences.count) { sequence in
      let latents = latents.rows(sequences[sequence])
      let shares = Matrix(rows: widths.heads, columns: latents.rows)
      let row = sequence..<sequence + 1
      shares.assign(
        absorbed.rows(row).folded(columns: widths.latent), timesTransposed: latents, scale: scale)
      for head in 0..<widths.heads {
        _ = Kernels.active.pointee.softmax(shares[head], Int32(latents.rows))
      }
      taken.rows(row).folded(columns: widths.rank)
        .assign(shares, times: widths.latents(of: latents))
    }
    let attended = Matrix(rows: queries.rows, columns: widths.heads * widths.value)
    workers.forEach(widths.heads) { head in
      weight.rows(widths.expanded(head).value).multiply(
        taken.columns(head * widths.rank..<(head + 1) * widths.rank),
        into: attended.columns(head * widths.value..<(head + 1) * widths.value), on: Workers(1))
    }
    return attended
  }

  /// Where a gradient is taken.
  struct Place {
    let queries: Matrix
    let keyValues: Matrix
    /// With rotary keys beside them.
    let latents: Matrix
    /// The gradient at the attended values.
    let dAttended: Matrix
    let scores: AttentionScores
    let sequences: [Range<Int>]
  }

  /// The gradient at latents and the rotary keys beside them, given that at the keys and values of all heads; `sums`
  /// gets what the weights met.
  func gradient(
    _ dKeyValues: Matrix, at place: Place, sums: inout CalibrationSums, on workers: Workers
  ) -> Matrix {
    let dExpanded = Matrix(rows: dKeyValues.rows, columns: widths.expanded)
    let dLatents = Matrix(rows: dKeyValues.rows, columns: widths.latent)
    workers.forEachRange(of: dKeyValues.rows, size: 32) { rows in
      let (source, target) = (dKeyValues.rows(rows), dExpanded.rows(rows))
      let rotary = widths.rotaryKeys(of: dLatents.rows(rows))
      rotary.clear()
      for head in 0..<widths.heads {
        let columns = widths.expanded(head)
        target.columns(columns.key).assign(plainKey(head, of: source))
        rotary.add(rotaryKey(head, of: source), on: Workers(1))
        target.columns(columns.value).assign(value(head, of: source))
      }
    }
    weight.multiplyBack(
      dExpanded, into: widths.latents(of: dLatents), adding: false, on: workers)
    switch tensors {
    case .whole(let name):
      sums.add(
        [(name, 0..<widths.expanded)], inputs: widths.latents(of: place.latents),
        gradients: dExpanded, on: workers)
    case .absorbed(let keys, let values):
      add(keys: keys, values: values, at: place, to: &sums, on: workers)
    }
    return dLatents
  }

  /// Shows the observer what the weights read, if there is one.
  func show(
    _ queries: Matrix, _ keyValues: Matrix, _ latents: Matrix, to scores: AttentionScores,
    in sequences: [Range<Int>], on workers: Workers
  ) {
    guard let observer else { return }
    switch tensors {
    case .whole(let name):
      observer.observe(widths.latents(of: latents), of: name, slice: 0, on: workers)
    case .absorbed(let keys, let values):
      for heads in headGroups {
        let taken = scores.taken(
          of: widths.latents(of: latents), by: heads, queries, keyValues, in: sequences,
          on: workers)
        for head in heads {
          observer.observe(
            widths.plainQuery(head, of: queries), of: keys, slice: head, on: workers)
          observer.observe(
            rank(head, of: taken, heads), of: values, slice: head, on: workers)
        }
      }
    }
  }

  /// Sums up what the slices of absorbed weights met.
  private func add(
    keys: String, values: String, at place: Place, to sums: inout CalibrationSums,
    on workers: Workers
  ) {
    let latents = widths.latents(of: place.latents)
    for heads in headGroups {
      let taken = place.scores.taken(
        of: latents, by: heads, place.queries, place.keyValues, in: place.sequences, on: workers)
      let pulls = place.scores.pulls(
        to: latents, by: heads, at: place.queries, place.keyValues, place.dAttended,
        in: place.sequences, on: workers)
      for head in heads {
        sums.add(
          [(keys, 0..<widths.rank)], slice: head, of: widths.heads,
          inputs: widths.plainQuery(head, of: place.queries),
          gradients: rank(head, of: pulls, heads), on: workers)
        sums.add(
          [(values, 0..<widths.value)], slice: head, of: widths.heads,
          inputs: rank(head, of: taken, heads),
          gradients: place.dAttended.columns(head * widths.value..<(head + 1) * widths.value),
          on: workers)
      }
    }
  }

  private var headGroups: [Range<Int>] {
    stride(from: 0, to: widths.heads, by: Self.headsAtATime).map {
      $0..<min($0 + Self.headsAtATime, widths.heads)
    }
  }

  /// The columns of a head in rows that have latents for each of some heads.
  private func rank(_ head: Int, of matrix: Matrix, _ heads: Range<Int>) -> Matrix {
    let place = head - heads.lowerBound
    return matrix.columns(place * widths.rank..<(place + 1) * widths.rank)
  }

  /// The plain features of a head's keys.
  private func plainKey(_ head: Int, of keyValues: Matrix) -> Matrix {
    keyValues.columns(head * widths.key..<head * widths.key + widths.plain)
  }

  /// The rotary features of a head's keys.
  private func rotaryKey(_ head: Int, of keyValues: Matrix) -> Matrix {
    keyValues.columns(head * widths.key + widths.plain..<(head + 1) * widths.key)
  }

  /// The values of a head.
  private func value(_ head: Int, of keyValues: Matrix) -> Matrix {
    let start = widths.heads * widths.key + head * widths.value
    return keyValues.columns(start..<start + widths.value)
  }
}
