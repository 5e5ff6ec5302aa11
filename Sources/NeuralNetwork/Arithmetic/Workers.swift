import Dispatch
import Synchronization

/// The threads that a network runs on.
///
/// Work is divided into items that depend on sizes alone, so results are the same bits for any number
/// of threads.
package struct Workers: Sendable {
  /// How many threads work at the same time, at least 1.
  package let count: Int

  package init(_ count: Int) { self.count = max(count, 1) }

  /// Calls `body` once for every item, in no fixed order, and returns when all are done.
  func forEach(_ items: Int, _ body: @Sendable (Int) -> Void) {
    guard count > 1, items > 1 else {
      for item in 0..<items { body(item) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(count, items)) { _ in
      while true {
        let item = next.add(1, ordering: .relaxed).oldValue
        guard item < items else { return }
        body(item)
      }
    }
  }

  /// As `forEach(_:_:)`; after an error the items that have not begun are left out, and it is thrown.
  func forEach(_ items: Int, throwing body: @Sendable (Int) throws -> Void) throws {
    let failure = Mutex<(any Error)?>(nil)
    forEach(items) { item in
      guard failure.withLock({ $0 == nil }) else { return }
      do {
        try body(item)
      } catch {
        failure.withLock { if $0 == nil { $0 = error } }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Calls `body` with consecutive ranges of at most `size` that make up `0..<total`.
  func forEachRange(of total: Int, size: Int, _ body: @Sendable (Range<Int>) -> Void) {
    forEach((total + size - 1) / size) { item in
      body(item * size..<min((item + 1) * size, total))
    }
  }
}
