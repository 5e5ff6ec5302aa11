package import LinearAlgebra

/// Products of second moments with the errors of a tile of rows.
package protocol MomentProducts: Sendable {
  /// Takes from the targets of a panel what the errors of all columns before it put there: M between panels, times
  /// the errors.
  func subtractFeedback(of errors: ErrorTile, from targets: Matrix, _ panel: Range<Int>)

  /// Sets `slope` to the rows of a panel in H e.
  func setSlope(_ slope: Matrix, of panel: Range<Int>, _ errors: ErrorTile)
}

/// Products in floats, with a square that has M above the diagonal panels and H in and below them.
struct FloatProducts: MomentProducts {
  private let square: Matrix

  init(_ square: Matrix) { self.square = square }

  func subtractFeedback(of errors: ErrorTile, from targets: Matrix, _ panel: Range<Int>) {
    let before = 0..<panel.lowerBound
    guard !before.isEmpty else { return }
    targets.add(
      transposed: square.rows(before).columns(panel), times: errors.values.rows(before), scale: -1)
  }

  func setSlope(_ slope: Matrix, of panel: Range<Int>, _ errors: ErrorTile) {
    let upTo = 0..<panel.upperBound
    slope.assign(square.rows(panel).columns(upTo), times: errors.values.rows(upTo))
    let after = panel.upperBound..<square.columns
    guard !after.isEmpty else { return }
    slope.add(transposed: square.rows(after).columns(panel), times: errors.values.rows(after))
  }
}
