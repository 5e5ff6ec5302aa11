/// How many rows of a tensor are measured.
package enum Sampling: Sendable, Equatable {
  /// A sixteenth of the rows, but at least 256 rows and a million weights.
  ///
  /// Tried on feed-forward matrices of Qwen2.5-Coder-0.5B: 33 rows give a tensor's loss to 8 % (root
  /// mean square), 128 to 2.4 %, 256 to 1.9 %, 1,022 to 0.3 %.
  case automatic
  /// A share of the rows, in (0, 1], but at least 32 rows.
  case fraction(Double)
  /// Every row.
  case full

  /// The number of rows to measure.
  package func count(rows: Int, columns: Int) -> Int {
    switch self {
    case .automatic: min(rows, max(rows / 16, 256, (1 << 20) / max(columns, 1)))
    case .fraction(let share): min(rows, max(Int((Double(rows) * share).rounded(.up)), 32))
    case .full: rows
    }
  }
}
