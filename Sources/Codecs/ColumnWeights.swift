/// What the columns of a row count by: their importance, as encoders take it.
///
/// A column with next to no importance is one of which next to nothing is known. If its weights counted for
/// nothing, an encoder would be free to make anything of them. So every column counts at least
/// `leastShare` of the mean of the 32 and of the 256 columns around it, and of the row.
final class ColumnWeights {
  /// What each column counts by, normalised by a power of two to a largest one in [1, 2); all 1 without
  /// importance.
  private(set) var values: [Float]
  /// 1 for a column that counts by its own importance, 0 for one that counts more than that.
  private(set) var known: [Float]
  /// How many count by their own importance.
  private(set) var knownCount: Int

  /// The weights of so many columns without importance.
  init(columns: Int) {
    values = [Float](repeating: 1, count: columns)
    known = values
    knownCount = columns
  }

  /// Takes the importance of the columns, finite and not negative; nil, or none above zero, weighs all alike.
  func take(_ importance: ArraySlice<Float>?) {
    knownCount = values.count
    guard let importance, let largest = importance.max(), largest > 0 else {
      for column in values.indices { (values[column], known[column]) = (1, 1) }
      return
    }
    let factor = Float(
      sign: .plus, exponent: -max(Int(largest.exponent), -126), significand: 1)
    for (column, importance) in importance.enumerated() {
      (values[column], known[column]) = (importance * factor, 1)
    }
    raiseToFloor()
  }

  private func raiseToFloor() {
    let ofRow = mean(values.indices)
    for start in stride(from: 0, to: values.count, by: 256) {
      let around = start..<min(start + 256, values.count)
      let ofSuperblock = max(ofRow, mean(around))
      for start in stride(from: around.lowerBound, to: around.upperBound, by: 32) {
        let block = start..<min(start + 32, around.upperBound)
        let floor = Self.leastShare * max(ofSuperblock, mean(block))
        for column in block where values[column] < floor {
          (values[column], known[column]) = (floor, 0)
          knownCount -= 1
        }
      }
    }
  }

  private func mean(_ range: Range<Int>) -> Float {
    Float(range.reduce(0.0) { $0 + Double(values[$1]) } / Double(range.count))
  }

  /// The least that a column counts, relative to a mean.
  ///
  /// An optimum (`docs/constants.md`): a tenth costs 1.5 % of what matters under importances of real models,
  /// this 0.03 %; a thousandth leaves five times as many rows to `RowEncoder.limitError`.
  private static let leastShare: Float = 0.01
}
