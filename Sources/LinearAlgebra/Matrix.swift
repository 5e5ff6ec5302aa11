package import GGUF

/// A matrix of floats in memory, row after row.
///
/// A reference: copies and slices share the memory, which is freed with the last of them. Threads may
/// write different parts at the same time.
package struct Matrix: @unchecked Sendable {
  /// The number of rows: tokens in activations, outputs in weights.
  package let rows: Int
  /// The number of columns: features in activations, inputs in weights.
  package let columns: Int
  /// Floats from the start of a row to that of the next.
  package let stride: Int
  private let start: UnsafeMutablePointer<Float>
  private let memory: AlignedBuffer<Float>

  /// A matrix of undefined contents.
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    stride = columns
    memory = AlignedBuffer(recycling: rows * columns)
    start = memory.start
  }

  /// A matrix in memory of `rows × columns` values, which it shares.
  package init(rows: Int, columns: Int, in memory: AlignedBuffer<Float>) {
    precondition(memory.values.count >= rows * columns, "memory of another size")
    self.rows = rows
    self.columns = columns
    stride = columns
    self.memory = memory
    start = memory.start
  }

  private init(
    _ whole: Matrix, start: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil
  ) {
    self.rows = rows
    self.columns = columns
    self.start = start
    self.stride = stride ?? whole.stride
    memory = whole.memory
  }

  /// A matrix of zeros.
  package static func zeros(rows: Int, columns: Int) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    matrix.clear()
    return matrix
  }

  /// Makes every value zero.
  package func clear() {
    for row in 0..<rows { self[row].update(repeating: 0, count: columns) }
  }

  /// Sets the values to those of a matrix of the same size.
  package func assign(_ other: Matrix) {
    precondition(rows == other.rows && columns == other.columns, "a matrix of another size")
    for row in 0..<rows { self[row].update(from: other[row], count: columns) }
  }

  /// Sets the values to those of a matrix whose rows are this one's columns.
  package func assign(transposed other: Matrix) {
    precondition(rows == other.columns && columns == other.rows, "a matrix of another size")
    for row in 0..<rows {
      let target = self[row]
      for column in 0..<columns { target[column] = other[column][row] }
    }
  }

  /// The first value of a row.
  package subscript(row: Int) -> UnsafeMutablePointer<Float> { start + row * stride }

  /// One row.
  package func row(_ row: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: self[row], count: columns)
  }

  /// Some rows of this matrix, in the same memory.
  package func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows outside the matrix")
    return Matrix(self, start: self[range.lowerBound], rows: range.count, columns: columns)
  }

  /// Some columns of this matrix, in the same memory.
  package func columns(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns outside the matrix")
    return Matrix(self, start: start + range.lowerBound, rows: rows, columns: range.count)
  }

  /// The same values in rows of `columns`, in the same memory; nothing may stand between the rows of this matrix.
  package func folded(columns: Int) -> Matrix {
    precondition(
      (stride == self.columns || rows <= 1) && self.columns % columns == 0, "rows apart")
    return Matrix(
      self, start: start, rows: rows * (self.columns / columns), columns: columns, stride: columns)
  }

  /// A matrix of its own with the same values.
  package func copy() -> Matrix {
    let copy = Matrix(rows: rows, columns: columns)
    copy.assign(self)
    return copy
  }
}
