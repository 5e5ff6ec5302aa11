import Synchronization
import Workflows

/// A progress bar on the terminal: share done, rate, time left.
final class TerminalProgress: Progress {
  private let state = Mutex(State())

  private struct State {
    var activity = ""
    var unit = ProgressUnit.weights
    var total = 0
    var done = 0
    var start = ContinuousClock.now
    var drawn: ContinuousClock.Instant?
  }

  func begin(_ activity: String, total: Int, of unit: ProgressUnit) {
    state.withLock { $0 = State(activity: activity, unit: unit, total: max(total, 1)) }
  }

  func advance(by amount: Int) {
    state.withLock { state in
      state.done += amount
      let now = ContinuousClock.now
      if let drawn = state.drawn, now - drawn < .milliseconds(100) { return }
      state.drawn = now
      Output.error.write("\r\u{1B}[K" + Self.line(state, now))
    }
  }

  func end() {
    let wasDrawn = state.withLock { $0.drawn != nil }
    if wasDrawn { Output.error.write("\r\u{1B}[K") }
  }

  private static func line(_ state: State, _ now: ContinuousClock.Instant) -> String {
    let share = min(Double(state.done) / Double(state.total), 1)
    let width = 24
    let filled = Int(share * Double(width))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let elapsed = (now - state.start) / .seconds(1)
    guard elapsed > 0.2, share > 0 else { return "\(state.activity) \(bar) \(Int(100 * share)) %" }
    let rate = Self.rate(Double(state.done) / elapsed)
    let left = Int(elapsed / share * (1 - share))
    return "\(state.activity) \(bar) \(Int(100 * share)) %  \(rate) \(state.unit)/s  "
      + "\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
  }

  /// A number of units a second, in millions where it is one.
  private static func rate(_ rate: Double) -> String {
    rate < 1e6 ? "\(Int(rate))" : "\(Int(rate / 1e6)) M"
  }
}
