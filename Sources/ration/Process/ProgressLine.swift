import Reports

/// A line that shows how far work is.
struct ProgressLine {
  let activity: String
  /// From 0 to 1.
  let share: Double
  /// What is done in a second, in words, once that is known.
  var rate: String?
  /// How long the rest may take, once that is known.
  var secondsLeft: Int?

  /// The line, without what a terminal has no columns for: first the bar goes, then the rate, then the time left,
  /// then the activity. The last column stays free: some terminals begin a new line when it is written to.
  func fitted(to columns: Int) -> String {
    let lines = [
      line(activity, bar, percent, rate, left), line(activity, percent, rate, left),
      line(activity, percent, left), line(activity, percent), percent,
    ]
    return lines.first { $0.columns < columns } ?? ""
  }

  private func line(_ parts: String?...) -> String {
    parts.compactMap { $0 }.joined(separator: "  ")
  }

  private var percent: String { "\(Int(100 * share)) %" }

  private var bar: String {
    let width = 24
    let filled = Int(share * Double(width))
    return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
  }

  private var left: String? {
    secondsLeft.map { "\($0 / 60):\($0 % 60 < 10 ? "0" : "")\($0 % 60) left" }
  }
}
