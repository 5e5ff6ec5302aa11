import Codecs
import GGUF
import KernelsC
import LinearAlgebra
import Threads

/// The columns of M that are known while a square is factored, from the last on, in `bf16`: their products take most of
/// the time, and what rounding takes from most of them is little beside what the text leaves open.
///
/// It is not little where much of the moments lies in one direction, such as that of the inputs' mean. The column
/// that explains it has a large norm, and a share of 2⁻⁹ of it, in any direction, may be more than what is left
/// there: the rest would no longer be positive. Such columns keep a second part that holds what rounding took.
///
/// Rows stand in groups, each from the group's own diagonal on.
final class FactoredColumns: @unchecked Sendable {
  // Unchecked: threads write different rows.
  private let columns: Int
  private let groups: [AlignedBuffer<UInt16>]
  /// Steps with strong columns, the last first.
  private var refined: [Refined] = []

  /// The columns of a step with what rounding took of them, row after row.
  private struct Refined: @unchecked Sendable {
    // Unchecked: threads write different rows.
    let step: Range<Int>
    let low: AlignedBuffer<UInt16>
  }

  /// Rows that stand together, and are an item of work.
  private static let rows = 256
  /// The energy of a column, Σ d m² in units of the mean diagonal, from which on it is strong: rounding may then err
  /// by 2⁻⁹ of it in one direction, where damping leaves a hundredth. Most columns have an energy of about 1.
  private static let strong: Float = 2

  /// Room for M of so many columns, a multiple of sixteen; nil where the machine does not multiply such numbers.
  init?(columns: Int) {
    guard Kernels.bfloat != nil else { return nil }
    self.columns = columns
    groups = stride(from: 0, to: columns, by: Self.rows).map {
      AlignedBuffer(count: min(Self.rows, columns - $0) * (columns - $0))
    }
  }

  /// Takes the columns of a step from the square, down to the step's own rows.
  func take(_ step: Range<Int>, from square: Matrix, _ pivots: [Float], on workers: Workers) {
    forEachGroup(upTo: step.upperBound, on: workers) { rows, _, _ in
      for row in rows {
        Kernels.active.pointee.float_to_bfloat(
          square[row] + step.lowerBound, high(row, step.lowerBound), Int32(step.count))
      }
    }
    if isStrong(step, of: square, pivots) { refined.append(refine(step, of: square, on: workers)) }
  }

  /// Adds to the columns of a step, down to the step's own rows, M of later columns times the transpose of `factor`,
  /// which has a row for each of the step's columns.
  func addProduct(
    with factor: Matrix, to step: Range<Int>, of square: Matrix, on workers: Workers
  ) {
    let later = step.upperBound..<columns
    let whole = RowPanel(rounding: factor)
    let rests = refined.map { refined in
      let start = refined.step.lowerBound - later.lowerBound
      return RowPanel(
        roundingRestOf: factor.columns(start..<start + refined.step.count))
    }
    let refined = refined
    forEachGroup(upTo: step.upperBound, on: workers) { rows, _, stride in
      let target = square.rows(rows).columns(step)
      whole.addProduct(high(rows.lowerBound, later.lowerBound), stride, later.count, to: target)
      for (refined, rest) in zip(refined, rests) {
        let (first, count) = (refined.step.lowerBound, refined.step.count)
        rest.addProduct(high(rows.lowerBound, first), stride, count, to: target)
        whole.from(first - later.lowerBound).addProduct(
          refined.low.start + rows.lowerBound * count, count, count, to: target)
      }
    }
  }

  private func isStrong(_ step: Range<Int>, of square: Matrix, _ pivots: [Float]) -> Bool {
    var energies = [Float](repeating: 0, count: step.count)
    for row in 0..<step.upperBound {
      let values = square[row] + step.lowerBound
      for place in max(0, row - step.lowerBound)..<step.count {
        energies[place] += values[place] * values[place]
      }
    }
    return zip(step, energies).contains { pivots[$0] * $1 > Self.strong }
  }

  private func refine(_ step: Range<Int>, of square: Matrix, on workers: Workers) -> Refined {
    let refined = Refined(
      step: step, low: AlignedBuffer(repeating: 0, count: step.upperBound * step.count))
    forEachGroup(upTo: step.upperBound, on: workers) { rows, _, _ in
      let rest = AlignedBuffer<Float>(count: step.count)
      for row in rows {
        rest.setRest(of: square[row] + step.lowerBound, high(row, step.lowerBound))
        Kernels.active.pointee.float_to_bfloat(
          rest.start, refined.low.start + row * step.count, Int32(step.count))
      }
    }
    return refined
  }

  /// A value of M, rounded, with those behind it in its row.
  private func high(_ row: Int, _ column: Int) -> UnsafeMutablePointer<UInt16> {
    let start = row / Self.rows * Self.rows
    return groups[row / Self.rows].start + (row - start) * (columns - start) + column - start
  }

  /// Calls `body` with the rows of each group before `end`, the first row of the group, and the length of its rows.
  private func forEachGroup(
    upTo end: Int, on workers: Workers, _ body: @Sendable (Range<Int>, Int, Int) -> Void
  ) {
    workers.forEachRange(of: end, size: Self.rows) { rows in
      body(rows, rows.lowerBound, columns - rows.lowerBound)
    }
  }
}

/// At most 64 rows in `bf16`, packed as the right factor of products with their transpose.
private struct RowPanel: @unchecked Sendable {
  // Unchecked: threads only read it.
  private let memory: AlignedBuffer<UInt16>
  private let start: UnsafeMutablePointer<UInt16>
  private let rows: Int

  /// The rows, each value rounded.
  init(rounding rows: Matrix) {
    self.init(rows) { values, target, _ in
      Kernels.active.pointee.float_to_bfloat(values, target, Int32(rows.columns))
    }
  }

  /// What rounding takes of the rows.
  init(roundingRestOf rows: Matrix) {
    self.init(rows) { values, target, rest in
      Kernels.active.pointee.float_to_bfloat(values, target, Int32(rows.columns))
      rest.setRest(of: values, target)
      Kernels.active.pointee.float_to_bfloat(rest.start, target, Int32(rows.columns))
    }
  }

  private init(
    _ rows: Matrix,
    _ round: (UnsafePointer<Float>, UnsafeMutablePointer<UInt16>, AlignedBuffer<Float>) -> Void
  ) {
    let narrow = AlignedBuffer<UInt16>(count: rows.rows * rows.columns)
    let rest = AlignedBuffer<Float>(count: rows.columns)
    for row in 0..<rows.rows { round(rows[row], narrow.start + row * rows.columns, rest) }
    memory = AlignedBuffer(count: rows.columns * Int(RK_PANEL_COLUMNS))
    start = memory.start
    self.rows = rows.rows
    Self.kernels.pack_rows(
      narrow.start, Int32(rows.columns), Int32(rows.columns / 2), Int32(rows.rows), start)
  }

  private init(_ memory: AlignedBuffer<UInt16>, start: UnsafeMutablePointer<UInt16>, rows: Int) {
    self.memory = memory
    self.start = start
    self.rows = rows
  }

  /// The same rows without the columns before this one, of even number.
  func from(_ column: Int) -> RowPanel {
    RowPanel(memory, start: start + column * Int(RK_PANEL_COLUMNS), rows: rows)
  }

  /// Adds the products of rows in `bf16` with these.
  ///
  /// - Parameters:
  ///   - left: the first value of the first row, one for each row of the target.
  ///   - stride: from row to row.
  ///   - inner: values that are multiplied and summed, an even number.
  func addProduct(
    _ left: UnsafePointer<UInt16>, _ stride: Int, _ inner: Int, to target: Matrix
  ) {
    Self.kernels.multiply(
      left, Int32(stride), start, Int32(inner / 2), Int32(target.rows), target[0],
      Int32(target.stride), Int32(rows), 1)
  }

  private static var kernels: rk_bfloat_kernels {
    guard let kernels = Kernels.bfloat?.pointee else { preconditionFailure("no such instructions") }
    return kernels
  }
}

extension AlignedBuffer<Float> {
  /// Sets the values to those of floats less what they are in `bf16`.
  fileprivate func setRest(of values: UnsafePointer<Float>, _ rounded: UnsafePointer<UInt16>) {
    for index in 0..<self.values.count {
      start[index] = values[index] - Float(bitPattern: UInt32(rounded[index]) << 16)
    }
  }
}
