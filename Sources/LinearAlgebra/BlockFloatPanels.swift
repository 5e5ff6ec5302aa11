import Codecs
import GGUF
import KernelsC
package import Threads

/// A matrix in block floating point, packed by 16 columns: the right factor of products.
///
/// Blocks of 64 values down a column are integers of 12 bits and a sign, in units of a power of two. So `bf16` values
/// are exact down to a sixteenth of their block's largest, and no value is off by more than 2⁻¹² of that.
package final class BlockFloatPanels: @unchecked Sendable {
  // Unchecked: written by the initializers alone.

  /// Columns of a panel.
  package static let width = Int(RK_BLOCK_COLUMNS)
  /// Bits of a magnitude.
  private static let bits = RK_BLOCK_BITS - BlockFloatMatrix.bits
  private static let blockRows = Int(RK_BLOCK)

  package let rows: Int
  package let columns: Int
  private let blocks: Int
  private let values: AlignedBuffer<Int16>
  private let units: AlignedBuffer<Float>

  private init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    blocks = (rows + Self.blockRows - 1) / Self.blockRows
    let panels = (columns + Self.width - 1) / Self.width
    values = AlignedBuffer(recycling: panels * blocks * Self.blockRows * Self.width)
    units = AlignedBuffer(count: panels * blocks * Self.width)
  }

  /// A matrix whose columns are read one after another.
  ///
  /// - Parameters:
  ///   - columnsPerItem: how many columns to read at a time, a multiple of 16.
  ///   - read: sets values to those of some columns.
  package convenience init(
    rows: Int, columns: Int, columnsPerItem: Int, on workers: Workers,
    read: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    precondition(columnsPerItem % Self.width == 0, "panels in parts")
    self.init(rows: rows, columns: columns)
    try workers.forEach(
      (columns + columnsPerItem - 1) / columnsPerItem,
      makeState: { AlignedBuffer<Float>(count: columnsPerItem * rows) }
    ) { (buffer, item) throws in
      let range = item * columnsPerItem..<min((item + 1) * columnsPerItem, columns)
      try read(range, buffer.prefix(range.count * rows))
      for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.width) {
        let panel = first / Self.width
        Kernels.active.pointee.pack_block_rows(
          buffer.start + (first - range.lowerBound) * rows, Int32(rows), Int32(rows),
          Int32(min(Self.width, range.upperBound - first)), Self.bits, start(of: panel),
          unit(of: panel))
      }
    }
  }

  /// The matrix whose columns are another's rows.
  package convenience init(transposing matrix: Matrix, on workers: Workers) {
    self.init(rows: matrix.columns, columns: matrix.rows)
    workers.forEach((columns + Self.width - 1) / Self.width) { panel in
      let first = panel * Self.width
      Kernels.active.pointee.pack_block_rows(
        matrix[first], Int32(matrix.stride), Int32(rows), Int32(min(Self.width, columns - first)),
        Self.bits, start(of: panel), unit(of: panel))
    }
  }

  /// The matrix whose columns are another's rows. Values are rounded again, with others in their blocks.
  package convenience init(transposing other: BlockFloatPanels, on workers: Workers) {
    self.init(rows: other.columns, columns: other.rows)
    workers.forEach(
      (columns + Self.width - 1) / Self.width,
      makeState: { AlignedBuffer<Float>(count: rows * Self.width) }
    ) { (buffer, panel) in
      let first = panel * Self.width
      let count = min(Self.width, columns - first)
      other.unpack(first..<first + count, into: buffer.start)
      Kernels.active.pointee.pack_block_columns(
        buffer.start, Int32(Self.width), Int32(rows), Int32(count), Self.bits, start(of: panel),
        unit(of: panel))
    }
  }

  /// What the matrix takes in memory.
  package var bytes: Int {
    values.values.count * MemoryLayout<Int16>.size + units.values.count * MemoryLayout<Float>.size
  }

  /// The first value of a panel.
  func start(of panel: Int) -> UnsafeMutablePointer<Int16> {
    values.start + panel * blocks * Self.blockRows * Self.width
  }

  /// The unit of the first column of a panel, in its first block.
  func unit(of panel: Int) -> UnsafeMutablePointer<Float> {
    units.start + panel * blocks * Self.width
  }

  /// Sets 16 values for each column to those of some rows of one block: the rows of a column follow each other.
  private func unpack(_ range: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    let block = range.lowerBound / Self.blockRows
    for first in stride(from: 0, to: columns, by: Self.width) {
      let units = unit(of: first / Self.width) + block * Self.width
      let pairs = start(of: first / Self.width) + range.lowerBound * Self.width
      for place in 0..<min(Self.width, columns - first) {
        let (unit, values) = (units[place], target + (first + place) * Self.width)
        // What stands behind the last row is zeros.
        for row in stride(from: 0, to: Self.width, by: 2) {
          let pair = pairs + row * Self.width + 2 * place
          values[row] = unit * Float(pair[0])
          values[row + 1] = unit * Float(pair[1])
        }
      }
    }
  }
}
