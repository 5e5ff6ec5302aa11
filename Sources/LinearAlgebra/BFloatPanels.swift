import Codecs
import GGUF
import KernelsC
package import Threads

/// The columns of a matrix, rounded to `bf16` and packed by 64, for products of columns with columns. Columns beyond the
/// last are zeros.
///
/// - Precondition: `Arithmetic.hasBFloat`.
package final class BFloatPanels: @unchecked Sendable {
  // Unchecked: written by the initializer alone.

  /// Columns of a panel.
  package static let width = Int(RK_PANEL_COLUMNS)
  /// How many panels there are.
  package let count: Int
  private let pairs: Int
  private let memory: AlignedBuffer<UInt16>

  /// The values of a matrix, each rounded to the nearest, ties to even.
  package init(rounding matrix: Matrix, on workers: Workers) {
    count = (matrix.columns + Self.width - 1) / Self.width
    pairs = (matrix.rows + 1) / 2
    memory = AlignedBuffer(count: count * pairs * 2 * Self.width)
    let pairs = pairs
    workers.forEach(
      count, makeState: { AlignedBuffer<UInt16>(repeating: 0, count: 2 * pairs * Self.width) }
    ) { rows, panel in
      let start = panel * Self.width
      let columns = min(Self.width, matrix.columns - start)
      for row in 0..<matrix.rows {
        let target = rows.start + row * Self.width
        Kernels.active.pointee.float_to_bfloat(matrix[row] + start, target, Int32(columns))
        (target + columns).update(repeating: 0, count: Self.width - columns)
      }
      Self.kernels.pack_columns(
        rows.start, Int32(Self.width), Int32(pairs), Int32(Self.width), self.start(of: panel))
    }
  }

  /// Adds to 64 × 64 values the products of each column of one panel with each of another: Σ over the matrix's rows.
  ///
  /// - Parameters:
  ///   - target: the first value; the columns of panel `a` have a row each.
  ///   - stride: values from row to row.
  package func addProducts(
    of a: Int, with b: Int, to target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    Self.kernels.add_panels(start(of: a), start(of: b), Int32(pairs), target, Int32(stride))
  }

  private func start(of panel: Int) -> UnsafeMutablePointer<UInt16> {
    memory.start + panel * pairs * 2 * Self.width
  }

  private static var kernels: rk_bfloat_kernels {
    guard let kernels = Kernels.bfloat?.pointee else {
      preconditionFailure("no such instructions")
    }
    return kernels
  }
}
