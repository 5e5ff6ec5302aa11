import Codecs
import GGUF
import KernelsC
import LinearAlgebra
import Threads

/// Products in `bf16`, four times as fast as those in floats. Errors and moments lose about 2⁻⁹ of themselves, far
/// less than the text leaves open.
final class BFloatProducts: MomentProducts, @unchecked Sendable {
  // Unchecked: written by `init` alone.
  private let columns: Int
  /// −Mᵀ between panels: for each panel of columns its rows one after the other, each as long as what is before it.
  private let feedback: AlignedBuffer<UInt16>
  /// Where each panel begins there.
  private let starts: [Int]
  /// H, a row in the first half of each row of the square.
  private let square: Matrix

  private static let half = SecondMomentFactor.panel / 2

  /// - Parameter square: M above the diagonal panels, H in and below them; it is overwritten.
  init(_ square: Matrix, on workers: Workers) {
    columns = square.columns
    self.square = square
    let panels = SecondMomentFactor.panels(of: columns)
    starts = panels.map { $0.lowerBound * $0.lowerBound / 2 - $0.lowerBound * Self.half }
    feedback = AlignedBuffer(count: panels.reduce(0) { $0 + $1.count * $1.lowerBound })
    workers.forEach(panels.count) { keepFeedback(panels[$0], at: starts[$0]) }
    for panel in panels { narrow(panel, on: workers) }
  }

  private func keepFeedback(_ panel: Range<Int>, at start: Int) {
    let negative = AlignedBuffer<Float>(count: panel.lowerBound)
    for (number, column) in panel.enumerated() {
      for row in 0..<panel.lowerBound { negative[row] = -square[row][column] }
      Kernels.active.pointee.float_to_bfloat(
        negative.start, feedback.start + start + number * panel.lowerBound,
        Int32(panel.lowerBound))
    }
  }

  /// Makes the rows of a panel those of H in `bf16`. Rows below it are floats still.
  private func narrow(_ panel: Range<Int>, on workers: Workers) {
    workers.forEachRange(of: panel.count, size: 16) { range in
      let whole = Matrix(rows: range.count, columns: columns)
      for (number, place) in range.enumerated() {
        whole[number].update(from: square[panel.lowerBound + place], count: panel.upperBound)
      }
      for row in panel.upperBound..<columns {
        let values = square[row] + panel.lowerBound
        for (number, place) in range.enumerated() { whole[number][row] = values[place] }
      }
      for (number, place) in range.enumerated() {
        Kernels.active.pointee.float_to_bfloat(
          whole[number], moments(panel.lowerBound + place), Int32(columns))
      }
    }
  }

  /// A row of H.
  private func moments(_ row: Int) -> UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(square[row]).assumingMemoryBound(to: UInt16.self)
  }

  func subtractFeedback(of errors: ErrorTile, from targets: Matrix, _ panel: Range<Int>) {
    guard panel.lowerBound > 0 else { return }
    multiply(
      feedback.start + starts[panel.lowerBound / SecondMomentFactor.panel],
      stride: panel.lowerBound, errors, inner: panel.lowerBound, into: targets, adding: true)
  }

  func setSlope(_ slope: Matrix, of panel: Range<Int>, _ errors: ErrorTile) {
    multiply(
      moments(panel.lowerBound), stride: 2 * square.stride, errors, inner: columns, into: slope,
      adding: false)
  }

  private func multiply(
    _ factor: UnsafePointer<UInt16>, stride: Int, _ errors: ErrorTile, inner: Int,
    into product: Matrix, adding: Bool
  ) {
    guard let kernels = Kernels.bfloat?.pointee, let pairs = errors.pairs else {
      preconditionFailure("no such instructions")
    }
    kernels.multiply(
      factor, Int32(stride), pairs.start, Int32(inner / 2), Int32(product.rows), product[0],
      Int32(product.stride), Int32(product.columns), adding ? 1 : 0)
  }
}
