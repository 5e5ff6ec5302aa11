import Codecs
import GGUF
import KernelsC
package import LinearAlgebra

/// What rounding has done to a tile of rows: e = ŵ − w, a row a column of the layer.
package final class ErrorTile {
  /// The errors, `columns × rows of the tile`.
  package let values: Matrix
  /// The same in `bf16` as products take them, on machines that have those: for each two columns, the pairs of
  /// all rows.
  let pairs: AlignedBuffer<UInt16>?
  private let narrow: AlignedBuffer<UInt16>

  /// - Parameter rows: of the tile, 64.
  package init(columns: Int, rows: Int) {
    values = Matrix(rows: columns, columns: rows)
    pairs = Kernels.bfloat == nil ? nil : AlignedBuffer(count: columns * rows)
    narrow = AlignedBuffer(count: SecondMomentFactor.panel * rows)
  }

  /// Takes the errors of some columns, an even number from an even one on: what they became less what they were.
  package func set(_ columns: Range<Int>, to became: Matrix, from weights: Matrix) {
    values.rows(columns).setDifference(of: became, weights)
    guard let pairs, let kernels = Kernels.bfloat?.pointee else { return }
    let rows = values.columns
    Kernels.active.pointee.float_to_bfloat(
      values[columns.lowerBound], narrow.start, Int32(columns.count * rows))
    kernels.pack_columns(
      narrow.start, Int32(rows), Int32(columns.count / 2), Int32(rows),
      pairs.start + columns.lowerBound * rows)
  }
}

extension Matrix {
  /// Sets this matrix to a − b.
  func setDifference(of a: Matrix, _ b: Matrix) {
    for row in 0..<rows {
      let (target, a, b) = (self[row], a[row], b[row])
      for column in 0..<columns { target[column] = a[column] - b[column] }
    }
  }
}
