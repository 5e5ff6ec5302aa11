import LinearAlgebra
import Threads

/// The outputs of a projection in the order in which a layer works with them, where the tensors of a model have
/// another one: what belongs to a head may stand together there.
struct ColumnOrder: Sendable {
  /// The columns of the projection, in the order of the layer.
  private let runs: [Range<Int>]

  /// An order that begins with the columns of the first run.
  init(_ runs: [Range<Int>]) { self.runs = runs }

  /// The layer's columns, given the projection's.
  func callAsFunction(_ x: Matrix, on workers: Workers) -> Matrix {
    moved(x, on: workers) { run, target, source in
      (target.start + target.offset).update(from: source + run.lowerBound, count: run.count)
    }
  }

  /// The projection's columns, given the layer's.
  func undone(_ y: Matrix, on workers: Workers) -> Matrix {
    moved(y, on: workers) { run, target, source in
      (target.start + run.lowerBound).update(from: source + target.offset, count: run.count)
    }
  }

  /// A matrix of which `move` sets a row run by run, given where the run stands in the layer's order.
  private func moved(
    _ x: Matrix, on workers: Workers,
    _ move:
      @Sendable (
        Range<Int>, (start: UnsafeMutablePointer<Float>, offset: Int), UnsafePointer<Float>
      ) -> Void
  ) -> Matrix {
    let y = Matrix(rows: x.rows, columns: x.columns)
    workers.forEachRange(of: x.rows, size: 32) { rows in
      for row in rows {
        var offset = 0
        for run in runs {
          move(run, (y[row], offset), x[row])
          offset += run.count
        }
      }
    }
    return y
  }
}

extension ColumnOrder {
  /// The order in which heads come apart that stand side by side, each with parts of these sizes: first part of every
  /// head, second part of every head, and so on.
  ///
  /// - Parameter start: the first column of the first head.
  static func runs(partingHeads heads: Int, into parts: [Int], from start: Int) -> [Range<Int>] {
    let width = parts.reduce(0, +)
    return parts.indices.flatMap { part in
      let offset = start + parts[..<part].reduce(0, +)
      return (0..<heads).map { offset + $0 * width..<offset + $0 * width + parts[part] }
    }
  }
}
