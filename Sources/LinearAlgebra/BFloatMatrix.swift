import Codecs
import GGUF
import KernelsC
package import Threads

/// A matrix of `bf16` in memory, row after row, with zeros behind the last column and row so that both come
/// in pairs. Behind the last of some rows of a matrix may stand another of its rows instead.
package final class BFloatMatrix: @unchecked Sendable {
  // Unchecked: written by the initializers alone.
  package let rows: Int
  package let columns: Int
  /// Values from row to row, an even number.
  let stride: Int
  private let start: UnsafeMutablePointer<UInt16>
  private let memory: AlignedBuffer<UInt16>

  private init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    stride = columns + columns % 2
    memory = AlignedBuffer(recycling: (rows + rows % 2) * stride)
    start = memory.start
    if rows % 2 > 0 { self[rows].update(repeating: 0, count: stride) }
  }

  private init(_ whole: BFloatMatrix, rows: Range<Int>) {
    self.rows = rows.count
    columns = whole.columns
    stride = whole.stride
    start = whole[rows.lowerBound]
    memory = whole.memory
  }

  /// The first value of a row.
  subscript(row: Int) -> UnsafeMutablePointer<UInt16> { start + row * stride }

  /// Some rows of this matrix, in the same memory.
  package func rows(_ range: Range<Int>) -> BFloatMatrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows outside the matrix")
    return BFloatMatrix(self, rows: range)
  }

  /// The values of a matrix, each rounded to the nearest, ties to even.
  package convenience init(rounding matrix: Matrix, on workers: Workers) {
    self.init(rows: matrix.rows, columns: matrix.columns)
    workers.forEachRange(of: rows, size: 32) { range in
      for row in range { set(row, to: matrix[row]) }
    }
  }

  /// The values of a matrix, or nil where `bf16` cannot hold one exactly.
  package convenience init?(exactly matrix: Matrix) {
    var lowBits: UInt32 = 0
    for row in 0..<matrix.rows {
      for value in matrix.row(row) { lowBits |= value.bitPattern & 0xffff }
    }
    guard lowBits == 0 else { return nil }
    self.init(rows: matrix.rows, columns: matrix.columns)
    for row in 0..<rows { set(row, to: matrix[row]) }
  }

  private func set(_ row: Int, to values: UnsafePointer<Float>) {
    Kernels.active.pointee.float_to_bfloat(values, self[row], Int32(columns))
    if columns < stride { self[row][columns] = 0 }
  }
}

/// Products with matrices of `bf16`, divided among threads; the left factor is rounded.
///
/// - Precondition: `Arithmetic.hasBFloat`.
extension Matrix {
  /// Sets this matrix to a bᵀ.
  package func assign(_ a: Matrix, timesTransposed b: BFloatMatrix, on workers: Workers) {
    precondition(
      a.rows == rows && b.rows == columns && a.columns == b.columns, "factors of other sizes")
    multiply(a, pairs: b.stride / 2, adding: false, on: workers) { kernels, first, count, panel in
      kernels.pack_rows(b[first], Int32(b.stride), Int32(b.stride / 2), count, panel)
    }
  }

  /// Sets this matrix to a b, or adds that to it.
  package func assign(_ a: Matrix, times b: BFloatMatrix, adding: Bool, on workers: Workers) {
    precondition(
      a.rows == rows && b.columns == columns && a.columns == b.rows, "factors of other sizes")
    let pairs = (b.rows + 1) / 2
    multiply(a, pairs: pairs, adding: adding, on: workers) { kernels, first, count, panel in
      kernels.pack_columns(b[0] + first, Int32(b.stride), Int32(pairs), count, panel)
    }
  }

  /// Multiplies `a` with the panels that `pack` fills, given the first column and their number.
  private func multiply(
    _ a: Matrix, pairs: Int, adding: Bool, on workers: Workers,
    pack: @Sendable (rk_bfloat_kernels, Int, Int32, UnsafeMutablePointer<UInt16>) -> Void
  ) {
    let a = BFloatMatrix(rounding: a, on: workers)
    let width = Int(RK_PANEL_COLUMNS)
    // Enough rows to be worth packing a panel for.
    let height = 1024
    let across = (columns + width - 1) / width
    workers.forEach((rows + height - 1) / height * across) { tile in
      guard let kernels = Kernels.bfloat?.pointee else {
        preconditionFailure("no such instructions")
      }
      let (top, left) = (tile / across * height, tile % across * width)
      let count = Int32(Swift.min(width, columns - left))
      withUnsafeTemporaryAllocation(
        byteCount: 4 * pairs * width, alignment: 64
      ) { bytes in
        let panel = bytes.bindMemory(to: UInt16.self).baseAddress!
        pack(kernels, left, count, panel)
        kernels.multiply(
          a[top], Int32(a.stride), panel, Int32(pairs), Int32(Swift.min(height, rows - top)),
          self[top] + left, Int32(stride), count, adding ? 1 : 0)
      }
    }
  }
}
