import CProcess
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
      // Asked for every time: windows change their size.
      guard let terminal = Output.error.terminal else { return }
      process_set_open_line(true)
      Output.error.draw(Self.line(state, now).fitted(to: terminal.columns))
    }
  }

  func end() {
    guard state.withLock({ $0.drawn != nil }) else { return }
    Output.error.draw("")
    process_set_open_line(false)
  }

  private static func line(_ state: State, _ now: ContinuousClock.Instant) -> ProgressLine {
    let share = min(Double(state.done) / Double(state.total), 1)
    let elapsed = (now - state.start) / .seconds(1)
    var line = ProgressLine(activity: state.activity, share: share)
    if elapsed > 0.2, share > 0 {
      line.rate = "\(rate(Double(state.done) / elapsed)) \(state.unit)/s"
      line.secondsLeft = Int(elapsed / share * (1 - share))
    }
    return line
  }

  /// A number of units a second, in millions where it is one.
  private static func rate(_ rate: Double) -> String {
    rate < 1e6 ? "\(Int(rate))" : "\(Int(rate / 1e6)) M"
  }
}
