import Codecs
import GGUF
import KernelsC
import LinearAlgebra
import Threads

/// The columns of M that are known while a square is factored, from the last on, in `bf16`: their products take most of
/// the time, and what rounding takes from M is little beside what the text leaves open.
///
/// Rows stand in groups, each from the group's own diagonal on.
final class FactoredColumns: @unchecked Sendable {
  // Unchecked: threads write different rows.
  private let columns: Int
  private let groups: [AlignedBuffer<UInt16>]

  /// Rows that stand together, and are an item of work.
  private static let rows = 256

  /// Room for M of so many columns, a multiple of sixteen; nil where the machine does not multiply such numbers.
  init?(columns: Int) {
    guard Kernels.bfloat != nil else { return nil }
    self.columns = columns
    groups = stride(from: 0, to: columns, by: Self.rows).map {
      AlignedBuffer(count: min(Self.rows, columns - $0) * (columns - $0))
    }
  }

  /// Takes the columns of a step from the square, down to the step's own rows.
  func take(_ step: Range<Int>, from square: Matrix, on workers: Workers) {
    forEachGroup(upTo: step.upperBound, on: workers) { rows, start, stride in
      let group = groups[start / Self.rows]
      for row in rows {
        Kernels.active.pointee.float_to_bfloat(
          square[row] + step.lowerBound,
          group.start + (row - start) * stride + step.lowerBound - start, Int32(step.count))
      }
    }
  }

  /// Adds to the columns of a step, down to the step's own rows, M of later columns times the transpose of `factor`,
  /// which has a row for each of the step's columns.
  func addProduct(
    with factor: Matrix, to step: Range<Int>, of square: Matrix, on workers: Workers
  ) {
    guard let kernels = Kernels.bfloat?.pointee else { preconditionFailure("no such instructions") }
    let later = step.upperBound..<columns
    let narrow = AlignedBuffer<UInt16>(count: step.count * later.count)
    for row in 0..<step.count {
      Kernels.active.pointee.float_to_bfloat(
        factor[row], narrow.start + row * later.count, Int32(later.count))
    }
    let panel = AlignedBuffer<UInt16>(count: later.count * Int(RK_PANEL_COLUMNS))
    kernels.pack_rows(
      narrow.start, Int32(later.count), Int32(later.count / 2), Int32(step.count), panel.start)
    let pairs = SendablePointer(panel)
    forEachGroup(upTo: step.upperBound, on: workers) { rows, start, stride in
      let group = groups[start / Self.rows]
      kernels.multiply(
        group.start + (rows.lowerBound - start) * stride + later.lowerBound - start, Int32(stride),
        pairs.memory.start, Int32(later.count / 2), Int32(rows.count),
        square[rows.lowerBound] + step.lowerBound, Int32(square.stride), Int32(step.count), 1)
    }
  }

  /// Calls `body` with the rows of each group before `end`, the first row of the group, and the length of its rows.
  private func forEachGroup(
    upTo end: Int, on workers: Workers, _ body: @Sendable (Range<Int>, Int, Int) -> Void
  ) {
    workers.forEachRange(of: end, size: Self.rows) { rows in
      body(rows, rows.lowerBound, columns - rows.lowerBound)
    }
  }

  /// Memory that threads only read.
  private struct SendablePointer: @unchecked Sendable {
    let memory: AlignedBuffer<UInt16>
    init(_ memory: AlignedBuffer<UInt16>) { self.memory = memory }
  }
}
