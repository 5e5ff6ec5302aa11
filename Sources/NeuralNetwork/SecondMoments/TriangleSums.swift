package import LinearAlgebra
package import Statistics
package import Threads

/// Σ x xᵀ over tokens, in the tiles of a lower triangle. Of tiles on the diagonal the upper triangle means nothing.
///
/// The product of a batch of tokens is summed up before it is added, so rounding grows with the number of batches at
/// most. The sums are the same bits for any number of threads.
package final class TriangleSums {
  /// How the sums are divided.
  package let tiles: TriangleTiles
  /// The tokens so far.
  package private(set) var tokens = 0
  /// Tile below tile.
  private let sums: Matrix

  /// Nothing yet.
  package init(_ tiles: TriangleTiles) {
    self.tiles = tiles
    sums = Matrix.zeros(rows: tiles.count * TriangleTiles.side, columns: TriangleTiles.side)
  }

  /// All sums, tile after tile; zeros beyond the matrix. Valid as long as this object lives.
  package var values: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: sums[0], count: tiles.count * TriangleTiles.elements)
  }

  /// Whether all squares on the diagonal are numbers.
  package var isFinite: Bool {
    (0..<tiles.columns).allSatisfy { values[tiles.diagonal($0)].isFinite }
  }

  /// Adds the tokens of a batch.
  ///
  /// - Parameters:
  ///   - x: their features, `tokens × columns`.
  ///   - arithmetic: how to multiply; in `bf16` features are rounded to it, where the machine multiplies such numbers.
  package func add(_ x: Matrix, _ arithmetic: Arithmetic, on workers: Workers) {
    precondition(x.columns == tiles.columns, "features of another site")
    tokens += x.rows
    if arithmetic == .bfloat, Arithmetic.hasBFloat {
      add(BFloatPanels(rounding: x, on: workers), on: workers)
    } else {
      forEachTile(on: workers) { tile, rows, columns in
        tile.rows(0..<rows.count).columns(0..<columns.count)
          .add(transposed: x.columns(rows), times: x.columns(columns))
      }
    }
  }

  private func add(_ panels: BFloatPanels, on workers: Workers) {
    let width = BFloatPanels.width
    forEachTile(on: workers) { tile, rows, columns in
      func numbers(_ range: Range<Int>) -> Range<Int> {
        range.lowerBound / width..<(range.upperBound + width - 1) / width
      }
      for (top, a) in numbers(rows).enumerated() {
        for (left, b) in numbers(columns).enumerated() where b <= a {
          panels.addProducts(
            of: a, with: b, to: tile[top * width] + left * width, stride: tile.stride)
        }
      }
    }
  }

  /// Calls `body` with every tile, and the rows and columns of the whole matrix that it has.
  private func forEachTile(
    on workers: Workers, _ body: @Sendable (Matrix, Range<Int>, Range<Int>) -> Void
  ) {
    let (tiles, sums, side) = (tiles, sums, TriangleTiles.side)
    workers.forEach(tiles.count) { index in
      let (row, column) = tiles.place(of: index)
      body(
        sums.rows(index * side..<(index + 1) * side), tiles.range(row), tiles.range(column))
    }
  }
}
