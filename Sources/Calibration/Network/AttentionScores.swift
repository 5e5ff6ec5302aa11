import Codecs
import KernelsC

/// Causal attention of the heads of one sequence: softmax(scale × Q Kᵀ) V.
///
/// Queries, keys and values stand side by side in a row for each token; several heads of queries may
/// share one of keys and values.
struct AttentionScores: Sendable {
  let heads: Int
  let keyHeads: Int
  let headWidth: Int
  /// The factor of scores.
  let scale: Float
  /// The bound of scores, where they have one: cap × tanh(score / cap).
  let cap: Float?
  /// How many positions a token looks back on, itself among them; nil for all.
  let window: Int?

  /// Queries that are handled at a time: a tile of rows meets the keys up to its last one.
  private static let tile = 64

  /// The attended values of every head, `heads × headWidth` columns.
  func callAsFunction(_ qkv: Matrix, in batch: Batch, on workers: Workers) -> Matrix {
    let output = Matrix(rows: qkv.rows, columns: heads * headWidth)
    forEachKeyHead(in: batch, on: workers) { rows, keyHead in
      let (keys, values) = (keys(of: qkv.rows(rows), keyHead), values(of: qkv.rows(rows), keyHead))
      for head in queryHeads(of: keyHead) {
        let queries = query(of: qkv.rows(rows), head)
        let target = query(of: output.rows(rows), head)
        forEachTile(of: rows.count) { tile, seen in
          let scores = Matrix(rows: tile.count, columns: seen.count)
          scores.assign(queries.rows(tile), timesTransposed: keys.rows(seen), scale: scale)
          turnIntoShares(scores, of: tile, seeing: seen)
          target.rows(tile).assign(scores, times: values.rows(seen))
        }
      }
    }
    return output
  }

  /// The gradient at queries, keys and values, given that at the attended values.
  func gradient(
    at qkv: Matrix, _ dOutput: Matrix, in batch: Batch, on workers: Workers
  ) -> Matrix {
    let gradient = Matrix.zeros(rows: qkv.rows, columns: qkv.columns)
    forEachKeyHead(in: batch, on: workers) { rows, keyHead in
      let (all, dAll) = (qkv.rows(rows), gradient.rows(rows))
      let (keys, values) = (keys(of: all, keyHead), values(of: all, keyHead))
      let (dKeys, dValues) = (self.keys(of: dAll, keyHead), self.values(of: dAll, keyHead))
      for head in queryHeads(of: keyHead) {
        let (queries, dQueries) = (query(of: all, head), query(of: dAll, head))
        let dTarget = query(of: dOutput.rows(rows), head)
        forEachTile(of: rows.count) { tile, seen in
          let shares = Matrix(rows: tile.count, columns: seen.count)
          shares.assign(queries.rows(tile), timesTransposed: keys.rows(seen), scale: scale)
          let capped = turnIntoShares(shares, of: tile, seeing: seen, keepingScores: true)
          let dScores = Matrix(rows: tile.count, columns: seen.count)
          dScores.assign(dTarget.rows(tile), timesTransposed: values.rows(seen))
          let kernels = Kernels.active.pointee
          for row in 0..<tile.count {
            // Shares of what a token does not see are 0, and so become their gradients.
            kernels.softmax_gradient(shares[row], dScores[row], Int32(seen.count))
            if let cap, let capped {
              kernels.soft_cap_gradient(capped[row], dScores[row], Int32(seen.count), cap)
            }
          }
          dQueries.rows(tile).assign(dScores, times: keys.rows(seen), scale: scale)
          dKeys.rows(seen).add(transposed: dScores, times: queries.rows(tile), scale: scale)
          dValues.rows(seen).add(transposed: shares, times: dTarget.rows(tile))
        }
      }
    }
    return gradient
  }

  /// Turns scores into what each query takes of each key's value.
  ///
  /// - Parameter keepingScores: Whether to return the capped scores, where there is a cap.
  @discardableResult
  private func turnIntoShares(
    _ scores: Matrix, of tile: Range<Int>, seeing seen: Range<Int>, keepingScores: Bool = false
  ) -> Matrix? {
    let kernels = Kernels.active.pointee
    if let cap {
      for row in 0..<tile.count { kernels.soft_cap(scores[row], Int32(seen.count), cap) }
    }
    let capped = cap != nil && keepingScores ? scores.copy() : nil
    for (row, position) in tile.enumerated() {
      let visible = firstSeen(from: position) - seen.lowerBound..<position + 1 - seen.lowerBound
      _ = kernels.softmax(scores[row] + visible.lowerBound, Int32(visible.count))
      for hidden in 0..<visible.lowerBound { scores[row][hidden] = 0 }
      for hidden in visible.upperBound..<seen.count { scores[row][hidden] = 0 }
    }
    return capped
  }

  /// The first position that one looks back on.
  private func firstSeen(from position: Int) -> Int {
    window.map { max(0, position + 1 - $0) } ?? 0
  }

  /// Calls `body` with ranges of queries and the keys that any of them sees.
  private func forEachTile(of length: Int, _ body: (Range<Int>, Range<Int>) -> Void) {
    for start in stride(from: 0, to: length, by: Self.tile) {
      let tile = start..<min(start + Self.tile, length)
      body(tile, firstSeen(from: start)..<tile.upperBound)
    }
  }

  /// Calls `body` for every head of keys of every sequence: what no two threads may write at once.
  private func forEachKeyHead(
    in batch: Batch, on workers: Workers, _ body: @Sendable (Range<Int>, Int) -> Void
  ) {
    workers.forEach(batch.sequences.count * keyHeads) { item in
      body(batch.sequences[item / keyHeads], item % keyHeads)
    }
  }

  private func queryHeads(of keyHead: Int) -> Range<Int> {
    let shared = heads / keyHeads
    return keyHead * shared..<(keyHead + 1) * shared
  }

  /// The columns of a head, which queries and attended values have in common.
  private func query(of matrix: Matrix, _ head: Int) -> Matrix {
    matrix.columns(head * headWidth..<(head + 1) * headWidth)
  }

  private func keys(of qkv: Matrix, _ head: Int) -> Matrix { query(of: qkv, heads + head) }

  private func values(of qkv: Matrix, _ head: Int) -> Matrix {
    query(of: qkv, heads + keyHeads + head)
  }
}
