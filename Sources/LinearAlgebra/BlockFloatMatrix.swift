import Codecs
import GGUF
import KernelsC
package import Threads

/// A matrix in block floating point, row after row: the left factor of products.
///
/// Blocks of 64 values along a row are integers of 13 bits and a sign, in units of a power of two, so a value is off by
/// at most 2⁻¹³ of the largest of its block.
final class BlockFloatMatrix: @unchecked Sendable {
  // Unchecked: written by the initializer alone.

  /// Bits of a magnitude.
  static let bits: Int32 = 13

  let rows: Int
  /// Blocks of a row.
  let blocks: Int
  private let values: AlignedBuffer<Int16>
  private let units: AlignedBuffer<Float>

  /// The values of a matrix, each rounded to the nearest, ties to even.
  init(rounding matrix: Matrix, on workers: Workers) {
    rows = matrix.rows
    blocks = (matrix.columns + Int(RK_BLOCK) - 1) / Int(RK_BLOCK)
    values = AlignedBuffer(recycling: rows * blocks * Int(RK_BLOCK))
    units = AlignedBuffer(count: rows * blocks)
    workers.forEachRange(of: rows, size: 32) { range in
      for row in range {
        Kernels.active.pointee.block_floats(
          matrix[row], Int32(matrix.columns), Self.bits, self[row], unit(of: row))
      }
    }
  }

  /// The first value of a row.
  subscript(row: Int) -> UnsafeMutablePointer<Int16> {
    values.start + row * blocks * Int(RK_BLOCK)
  }

  /// The unit of the first block of a row.
  func unit(of row: Int) -> UnsafeMutablePointer<Float> { units.start + row * blocks }
}

/// Products with matrices in block floating point, divided among threads; the left factor is rounded to that.
///
/// Sums within a block are exact, and blocks are summed in order, so results are the same bits at every level of the
/// kernels.
extension Matrix {
  /// Sets this matrix to a b, or adds that to it.
  package func assign(
    _ a: Matrix, times b: BlockFloatPanels, adding: Bool = false, on workers: Workers
  ) {
    precondition(
      a.rows == rows && b.columns == columns && a.columns == b.rows, "factors of other sizes")
    let a = BlockFloatMatrix(rounding: a, on: workers)
    // Parts whose factors stay in the second cache of a thread.
    let (height, width) = (192, 4 * BlockFloatPanels.width)
    let across = (columns + width - 1) / width
    workers.forEach((rows + height - 1) / height * across) { tile in
      let (top, left) = (tile / across * height, tile % across * width)
      let panel = left / BlockFloatPanels.width
      Kernels.active.pointee.multiply_blocks(
        a[top], a.unit(of: top), Int32(Swift.min(height, rows - top)), Int32(a.blocks),
        b.start(of: panel), b.unit(of: panel), self[top] + left, Int32(stride),
        Int32(Swift.min(width, columns - left)), adding ? 1 : 0)
    }
  }
}
