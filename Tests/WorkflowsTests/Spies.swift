import Synchronization
import Workflows

/// Notes the progress of work, and may do something as it goes on.
final class ProgressSpy: Progress {
  struct Record: Sendable {
    var activities: [String] = []
    var total = 0
    var done = 0
    /// Steps of the activity that began last.
    var steps = 0
    var ended = 0
  }

  private let state = Mutex(Record())
  private let onStep: @Sendable (Record) -> Void

  init(onStep: @escaping @Sendable (Record) -> Void = { _ in }) { self.onStep = onStep }

  var record: Record { state.withLock { $0 } }

  func begin(_ activity: String, total: Int, of unit: ProgressUnit) {
    state.withLock {
      $0.activities.append(activity)
      $0.total += total
      $0.steps = 0
    }
  }

  func advance(by amount: Int) {
    let record = state.withLock { record in
      record.done += amount
      record.steps += 1
      return record
    }
    onStep(record)
  }

  func end() { state.withLock { $0.ended += 1 } }
}

/// Notes warnings.
final class WarningSpy: Sendable {
  private let state = Mutex<[String]>([])

  var warnings: [String] { state.withLock { $0 } }

  func session(threads: Int = 2) -> Session {
    Session(threads: threads) { warning in self.state.withLock { $0.append(warning) } }
  }
}
