import Dispatch
import Synchronization

/// Divides independent items among threads.
enum Parallel {
  /// Calls `body` once for each of `count` items on up to `threads` threads, in no fixed order. Stops
  /// early on the first error, which it throws, and on an interruption.
  ///
  /// - Parameters:
  ///   - makeWorker: makes what a thread needs for itself, such as buffers.
  ///   - body: an item's work: the worker, the number of the item.
  static func forEach<Worker>(
    _ count: Int, _ session: Session, makeWorker: @Sendable () -> Worker,
    body: @Sendable (inout Worker, Int) throws -> Void
  ) throws {
    let next = Atomic<Int>(0)
    let stop = Atomic<Bool>(false)
    let failure = Mutex<(any Error)?>(nil)
    let interruption = session.interruption
    // Not the cooperative pool: a long loop would starve every task in it.
    DispatchQueue.concurrentPerform(iterations: min(session.threads, max(count, 1))) { _ in
      var worker = makeWorker()
      while !stop.load(ordering: .relaxed) {
        let item = next.add(1, ordering: .relaxed).oldValue
        guard item < count else { return }
        do {
          try interruption.check()
          try body(&worker, item)
        } catch {
          failure.withLock { if $0 == nil { $0 = error } }
          stop.store(true, ordering: .relaxed)
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
