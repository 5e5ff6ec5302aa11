import Synchronization

/// Threads that share the items of a piece of work.
///
/// Whoever divides the work makes items that depend on sizes alone, so results are the same bits for any
/// number of threads.
package struct Workers: Sendable {
  /// How many threads work at the same time, at least 1.
  package let count: Int

  package init(_ count: Int) { self.count = max(count, 1) }

  /// Calls `body` once for every item, in no fixed order, and returns when all are done. After an error no
  /// other item begins, and the first one is thrown.
  ///
  /// - Parameters:
  ///   - items: how many there are.
  ///   - makeState: makes what a thread keeps for itself from item to item, such as buffers.
  ///   - body: the work of an item, given the state of its thread and the number of the item.
  package func forEach<State, Failure: Error>(
    _ items: Int, makeState: @Sendable () -> State,
    _ body: @Sendable (inout State, Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard count > 1, items > 1 else {
      var state = makeState()
      for item in 0..<items { try body(&state, item) }
      return
    }
    let next = Atomic<Int>(0)
    let hasFailed = Atomic<Bool>(false)
    let failure = Mutex<Failure?>(nil)
    ThreadPool.shared.run(min(count, items)) {
      var state = makeState()
      while !hasFailed.load(ordering: .relaxed) {
        let item = next.add(1, ordering: .relaxed).oldValue
        guard item < items else { return }
        do throws(Failure) {
          try body(&state, item)
        } catch {
          failure.withLock { if $0 == nil { $0 = error } }
          hasFailed.store(true, ordering: .relaxed)
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Calls `body` once for every item, as `forEach(_:makeState:_:)` does, where threads keep nothing.
  package func forEach<Failure: Error>(
    _ items: Int, _ body: @Sendable (Int) throws(Failure) -> Void
  ) throws(Failure) {
    try forEach(items, makeState: {}) { (_, item) throws(Failure) in try body(item) }
  }

  /// Calls `body` with consecutive ranges of at most `size` that make up `0..<total`.
  package func forEachRange<Failure: Error>(
    of total: Int, size: Int, _ body: @Sendable (Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    try forEach((total + size - 1) / size) { item throws(Failure) in
      try body(item * size..<min((item + 1) * size, total))
    }
  }
}
