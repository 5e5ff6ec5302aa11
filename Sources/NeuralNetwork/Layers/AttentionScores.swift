import Codecs
import KernelsC
import LinearAlgebra
import Threads

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Causal attention of the heads of some sequences: softmax(scale × Q Kᵀ) V.
///
/// A row for each token has its queries, head after head; another has its keys, head after head, and then
/// its values. Several heads of queries may share one of keys and values.
///
/// A *sink* is a score of its own for each head of queries, beside those of the keys: it takes part in the softmax, and
/// what it takes of a token's attention goes nowhere (gpt-oss; Xiao et al. 2023, arXiv 2309.17453).
struct AttentionScores: Sendable {
  let heads: Int
  let keyHeads: Int
  /// Features of a head's queries and keys.
  let keyWidth: Int
  /// Features of a head's values.
  let valueWidth: Int
  /// The factor of scores.
  let scale: Float
  /// The bound of scores, where they have one: cap × tanh(score / cap).
  let cap: Float?
  /// How far a token looks back.
  let reach: AttentionReach
  /// The sink of each head of queries, in models that have them. No factor and no bound is for it.
  let sinks: [Float]?

  /// Queries that are handled at a time: a tile of rows meets the keys up to its last one.
  private static let tile = 64

  /// The attended values of every query, head after head.
  ///
  /// - Parameters:
  ///   - queries: of the positions from `first` on, sequence after sequence.
  ///   - sequences: the rows of keys and values of each.
  func callAsFunction(
    _ queries: Matrix, _ keyValues: Matrix, in sequences: [Range<Int>], from first: Int = 0,
    on workers: Workers
  ) -> Matrix {
    let output = Matrix(rows: queries.rows, columns: heads * valueWidth)
    forEachKeyHead(in: sequences, from: first, on: workers) { queryRows, rows, keyHead in
      let values = valueHead(keyHead, of: keyValues.rows(rows))
      for number in queryHeads(of: keyHead) {
        attend(
          number, queries.rows(queryRows), keyValues.rows(rows), to: values,
          setting: outputHead(number, of: output.rows(queryRows)), from: first)
      }
    }
    return output
  }

  /// What some heads take of features that stand beside all keys: the sum by their shares, for every query.
  ///
  /// - Parameter features: a row for each key.
  /// - Returns: the features as each head takes them, head after head.
  func taken(
    of features: Matrix, by heads: Range<Int>, _ queries: Matrix, _ keyValues: Matrix,
    in sequences: [Range<Int>], on workers: Workers
  ) -> Matrix {
    let taken = Matrix(rows: queries.rows, columns: heads.count * features.columns)
    forEachHead(heads, in: sequences, on: workers) { number, offset, rows in
      let columns = offset * features.columns..<(offset + 1) * features.columns
      attend(
        number, queries.rows(rows), keyValues.rows(rows), to: features.rows(rows),
        setting: taken.rows(rows).columns(columns), from: 0)
    }
    return taken
  }

  /// How the gradient pulls the queries of some heads to features that stand beside all keys: the sum by the
  /// gradients of their scores, which is the gradient at a query that meets these features instead of keys.
  ///
  /// - Parameters:
  ///   - features: a row for each key.
  ///   - dOutput: the gradient at the attended values of all positions.
  /// - Returns: the pulls of each head, head after head.
  func pulls(
    to features: Matrix, by heads: Range<Int>, at queries: Matrix, _ keyValues: Matrix,
    _ dOutput: Matrix, in sequences: [Range<Int>], on workers: Workers
  ) -> Matrix {
    let pulls = Matrix(rows: queries.rows, columns: heads.count * features.columns)
    forEachHead(heads, in: sequences, on: workers) { number, offset, rows in
      let target = pulls.rows(rows)
        .columns(offset * features.columns..<(offset + 1) * features.columns)
      let features = features.rows(rows)
      forEachGradient(
        of: number, at: queries.rows(rows), keyValues.rows(rows), dOutput.rows(rows)
      ) { tile, seen, _, dScores in
        target.rows(tile).assign(dScores, times: features.rows(seen), scale: scale)
      }
    }
    return pulls
  }

  /// Sets the gradients at queries and at keys and values, given that at the attended values of all
  /// positions.
  func setGradients(
    _ dQueries: Matrix, _ dKeyValues: Matrix, at queries: Matrix, _ keyValues: Matrix,
    _ dOutput: Matrix, in sequences: [Range<Int>], on workers: Workers
  ) {
    dKeyValues.clear()
    forEachKeyHead(in: sequences, from: 0, on: workers) { _, rows, keyHead in
      let keys = self.keyHead(keyHead, of: keyValues.rows(rows))
      let dKeys = self.keyHead(keyHead, of: dKeyValues.rows(rows))
      let dValues = valueHead(keyHead, of: dKeyValues.rows(rows))
      for number in queryHeads(of: keyHead) {
        let query = queryHead(number, of: queries.rows(rows))
        let dQuery = queryHead(number, of: dQueries.rows(rows))
        let dTarget = outputHead(number, of: dOutput.rows(rows))
        forEachGradient(
          of: number, at: queries.rows(rows), keyValues.rows(rows), dOutput.rows(rows)
        ) { tile, seen, shares, dScores in
          dQuery.rows(tile).assign(dScores, times: keys.rows(seen), scale: scale)
          dKeys.rows(seen).add(transposed: dScores, times: query.rows(tile), scale: scale)
          dValues.rows(seen).add(transposed: shares, times: dTarget.rows(tile))
        }
      }
    }
  }

  /// Sets what a head takes of `values`, which stand beside its keys, for the queries of one sequence from a
  /// position on.
  private func attend(
    _ number: Int, _ queries: Matrix, _ keyValues: Matrix, to values: Matrix,
    setting target: Matrix, from first: Int
  ) {
    let query = queryHead(number, of: queries)
    let keys = keyHead(number / headsPerKeyHead, of: keyValues)
    forEachTile(of: keys.rows, from: first) { tile, positions, seen in
      let scores = Matrix(rows: tile.count, columns: seen.count)
      scores.assign(query.rows(tile), timesTransposed: keys.rows(seen), scale: scale)
      turnIntoShares(scores, ofHead: number, positions, seeing: seen)
      target.rows(tile).assign(scores, times: values.rows(seen))
    }
  }

  /// Calls `body` for every tile of a head's queries in one sequence, with the rows of the queries, those of the
  /// keys that any of them sees, their shares, and the gradients of their scores.
  private func forEachGradient(
    of number: Int, at queries: Matrix, _ keyValues: Matrix, _ dOutput: Matrix,
    _ body: (Range<Int>, Range<Int>, Matrix, Matrix) -> Void
  ) {
    let query = queryHead(number, of: queries)
    let keys = keyHead(number / headsPerKeyHead, of: keyValues)
    let values = valueHead(number / headsPerKeyHead, of: keyValues)
    let dTarget = outputHead(number, of: dOutput)
    forEachTile(of: keys.rows, from: 0) { tile, positions, seen in
      let shares = Matrix(rows: tile.count, columns: seen.count)
      shares.assign(query.rows(tile), timesTransposed: keys.rows(seen), scale: scale)
      let capped = turnIntoShares(
        shares, ofHead: number, positions, seeing: seen, keepingScores: true)
      let dScores = Matrix(rows: tile.count, columns: seen.count)
      dScores.assign(dTarget.rows(tile), timesTransposed: values.rows(seen))
      let kernels = Kernels.active.pointee
      for row in 0..<tile.count {
        // Shares of what a token does not see are 0, and so become their gradients. A sink's share has no
        // value, so it adds nothing to the mean of gradients either.
        kernels.softmax_gradient(shares[row], dScores[row], Int32(seen.count))
        if let cap, let capped {
          kernels.soft_cap_gradient(capped[row], dScores[row], Int32(seen.count), cap)
        }
      }
      body(tile, seen, shares, dScores)
    }
  }

  /// Turns scores into what each query takes of each key's value.
  ///
  /// - Parameter keepingScores: Whether to return the capped scores, where there is a cap.
  @discardableResult
  private func turnIntoShares(
    _ scores: Matrix, ofHead head: Int, _ positions: Range<Int>, seeing seen: Range<Int>,
    keepingScores: Bool = false
  ) -> Matrix? {
    let kernels = Kernels.active.pointee
    if let cap {
      for row in 0..<scores.rows { kernels.soft_cap(scores[row], Int32(seen.count), cap) }
    }
    let capped = cap != nil && keepingScores ? scores.copy() : nil
    for (row, position) in positions.enumerated() {
      let visible =
        reach.firstSeen(from: position) - seen.lowerBound..<position + 1 - seen.lowerBound
      let logSum = kernels.softmax(scores[row] + visible.lowerBound, Int32(visible.count))
      if let sinks {
        // Σ exp(scores) / (exp(sink) + Σ exp(scores)).
        let rest = 1 / (1 + exp(sinks[head] - logSum))
        for key in visible { scores[row][key] *= rest }
      }
      for hidden in 0..<visible.lowerBound { scores[row][hidden] = 0 }
      for hidden in visible.upperBound..<seen.count { scores[row][hidden] = 0 }
    }
    return capped
  }

  /// Calls `body` with rows of queries, counted from `first`, with their positions, and with the
  /// positions that any of them sees.
  private func forEachTile(
    of length: Int, from first: Int, _ body: (Range<Int>, Range<Int>, Range<Int>) -> Void
  ) {
    for start in stride(from: first, to: length, by: Self.tile) {
      let positions = start..<min(start + Self.tile, length)
      body(
        start - first..<positions.upperBound - first, positions,
        reach.firstSeen(from: start)..<positions.upperBound)
    }
  }

  /// Calls `body` for every head of keys of every sequence, what no two threads may write at once, with
  /// the rows of queries and those of keys.
  private func forEachKeyHead(
    in sequences: [Range<Int>], from first: Int, on workers: Workers,
    _ body: @Sendable (Range<Int>, Range<Int>, Int) -> Void
  ) {
    var start = 0
    let queryRows = sequences.map { rows in
      defer { start += rows.count - first }
      return start..<start + rows.count - first
    }
    workers.forEach(sequences.count * keyHeads) { item in
      let sequence = item / keyHeads
      body(queryRows[sequence], sequences[sequence], item % keyHeads)
    }
  }

  /// Calls `body` for every one of some heads of every sequence, with its number, its place among them, and the
  /// rows of the sequence.
  private func forEachHead(
    _ heads: Range<Int>, in sequences: [Range<Int>], on workers: Workers,
    _ body: @Sendable (Int, Int, Range<Int>) -> Void
  ) {
    workers.forEach(sequences.count * heads.count) { item in
      let offset = item % heads.count
      body(heads.lowerBound + offset, offset, sequences[item / heads.count])
    }
  }

  private var headsPerKeyHead: Int { heads / keyHeads }

  private func queryHeads(of keyHead: Int) -> Range<Int> {
    keyHead * headsPerKeyHead..<(keyHead + 1) * headsPerKeyHead
  }

  /// The columns of a head of queries.
  private func queryHead(_ number: Int, of queries: Matrix) -> Matrix {
    queries.columns(number * keyWidth..<(number + 1) * keyWidth)
  }

  /// The columns of a head of keys.
  private func keyHead(_ number: Int, of keyValues: Matrix) -> Matrix {
    keyValues.columns(number * keyWidth..<(number + 1) * keyWidth)
  }

  /// The columns of a head of values.
  private func valueHead(_ number: Int, of keyValues: Matrix) -> Matrix {
    let start = keyHeads * keyWidth + number * valueWidth
    return keyValues.columns(start..<start + valueWidth)
  }

  /// The columns of a head of attended values.
  private func outputHead(_ number: Int, of output: Matrix) -> Matrix {
    output.columns(number * valueWidth..<(number + 1) * valueWidth)
  }
}
