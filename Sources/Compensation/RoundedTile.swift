import Codecs
import GGUF
import LinearAlgebra

/// Rows that are encoded side by side, in types whose codes stand alone or in groups under a parity: what they were,
/// what they became, and by which codes and scales.
///
/// A weight of a row became scale × value(code) + offset, each unit of columns having a scale and an offset.
final class RoundedTile {
  /// Rows that there is room for: a panel of products in `bf16`.
  static let rows = 64

  /// How many rows there are. The places behind hold zeros, which stay zeros.
  private(set) var rowCount = 0
  /// One for each row, which holds what its units share.
  let encoders: [RowEncoder]
  /// The weights, a row a column of the layer.
  let weights: Matrix
  /// What rounding has done to them, likewise.
  let errors: ErrorTile
  /// A row a unit.
  let scales: Matrix
  let offsets: Matrix
  /// A row a column of the layer, counted from the least value.
  let codes: AlignedBuffer<UInt8>

  init(columns: Int, unit: Int, makeEncoder: () -> RowEncoder) {
    encoders = (0..<Self.rows).map { _ in makeEncoder() }
    weights = Matrix(rows: columns, columns: Self.rows)
    errors = ErrorTile(columns: columns, rows: Self.rows)
    scales = Matrix(rows: columns / unit, columns: Self.rows)
    offsets = Matrix(rows: columns / unit, columns: Self.rows)
    codes = AlignedBuffer(repeating: 0, count: columns * Self.rows)
  }

  /// Takes other rows.
  func take(_ rows: [UnsafeBufferPointer<Float>]) {
    for column in 0..<weights.rows {
      let values = weights[column]
      for row in rows.indices { values[row] = rows[row][column] }
      for row in rows.count..<Self.rows { values[row] = 0 }
    }
    scales.clear()
    offsets.clear()
    rowCount = rows.count
  }

  /// Reads scale and offset of a row's unit from its encoder.
  func readScaling(ofUnit unit: Int, row: Int) {
    (scales[unit][row], offsets[unit][row]) = encoders[row].scaling(of: unit)
  }

  /// The code of the first row in a column.
  func codes(ofColumn column: Int) -> UnsafeMutablePointer<UInt8> {
    codes.start + column * Self.rows
  }

  /// Gives a row's encoder its codes, and writes its bytes.
  func write(_ row: Int, into bytes: UnsafeMutableRawBufferPointer) {
    let unit = encoders[row].unitColumns
    for number in 0..<scales.rows {
      encoders[row].setCodes(
        of: number, to: codes(ofColumn: number * unit) + row, stride: Self.rows)
    }
    encoders[row].write(into: bytes)
  }
}
