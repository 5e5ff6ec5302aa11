/// The lower triangle of a symmetric matrix in square tiles: tile (0, 0), then (1, 0) and (1, 1), and so on, row of
/// tiles after row of tiles. Each tile is stored row after row. Those of the last row and column reach beyond the
/// matrix where its size is no multiple of theirs.
///
/// A tile is the unit of all work on second moments: of sums, of what is read and of what is written.
package struct TriangleTiles: Sendable, Hashable {
  /// Rows, and columns, of a tile.
  package static let side = 256
  /// Values of a tile.
  package static let elements = side * side

  /// Columns, and rows, of the matrix.
  package let columns: Int
  /// Tiles in the last row of tiles.
  package let across: Int
  /// All tiles.
  package let count: Int

  /// The tiles of a matrix of this size; nil where it is not positive, or beyond what rows of tensors can have.
  package init?(columns: Int) {
    guard 1...Int(Int32.max) ~= columns else { return nil }
    self.columns = columns
    across = (columns + Self.side - 1) / Self.side
    count = across * (across + 1) / 2
  }

  /// The number of a tile.
  ///
  /// - Precondition: `column` is no larger than `row`.
  package func index(row: Int, column: Int) -> Int { row * (row + 1) / 2 + column }

  /// Where a tile stands: its row and column among tiles.
  package func place(of index: Int) -> (row: Int, column: Int) {
    // Exact, or off by one, for all indices that there can be.
    var row = Int((Double(8 * index + 1).squareRoot() - 1) / 2)
    if row * (row + 1) / 2 > index { row -= 1 }
    if (row + 1) * (row + 2) / 2 <= index { row += 1 }
    return (row, index - row * (row + 1) / 2)
  }

  /// Where the value on the diagonal in a column stands among the values of all tiles, one tile after another.
  package func diagonal(_ column: Int) -> Int {
    let (band, offset) = (column / Self.side, column % Self.side)
    return index(row: band, column: band) * Self.elements + offset * (Self.side + 1)
  }

  /// The columns of the matrix that a column of tiles has, or its rows that a row of tiles has.
  package func range(_ band: Int) -> Range<Int> {
    band * Self.side..<min((band + 1) * Self.side, columns)
  }
}
