import Synchronization
import Testing
import Threads

@Suite("Work shared by threads") struct WorkersTests {
  static let counts = [1, 2, 5]

  @Test("every item is done once", arguments: counts)
  func items(threads: Int) {
    for items in [0, 1, 2, 100] {
      let visits = Mutex(Array(repeating: 0, count: items))
      Workers(threads).forEach(items) { item in visits.withLock { $0[item] += 1 } }
      #expect(visits.withLock(\.self) == Array(repeating: 1, count: items))
    }
  }

  @Test("ranges are whole, in order and of the size asked for", arguments: counts)
  func ranges(threads: Int) {
    let found = Mutex<[Range<Int>]>([])
    Workers(threads).forEachRange(of: 10, size: 4) { range in found.withLock { $0.append(range) } }
    #expect(
      found.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } } == [0..<4, 4..<8, 8..<10])
  }

  @Test("each thread has a state of its own, kept from item to item", arguments: counts)
  func states(threads: Int) {
    let made = Atomic<Int>(0)
    let done = Mutex<[ObjectIdentifier: Int]>([:])
    Workers(threads).forEach(50) {
      made.add(1, ordering: .relaxed)
      return Tally()
    } _: { tally, _ in
      tally.items += 1
      done.withLock { $0[ObjectIdentifier(tally)] = tally.items }
    }
    #expect(1...threads ~= made.load(ordering: .relaxed))
    #expect(done.withLock { $0.values.reduce(0, +) } == 50)
  }

  @Test("the first error is thrown, and ends the work", arguments: counts)
  func errors(threads: Int) {
    struct Stop: Error, Equatable { let item: Int }
    let begun = Atomic<Int>(0)
    let error = #expect(throws: Stop.self) {
      try Workers(threads).forEach(100_000) { item throws(Stop) in
        begun.add(1, ordering: .relaxed)
        if item >= 3 { throw Stop(item: item) }
      }
    }
    #expect(error.map { 3..<3 + threads ~= $0.item } == true)
    #expect(begun.load(ordering: .relaxed) < 4 + threads)
  }

  @Test("no number of threads is less than one")
  func atLeastOne() { #expect(Workers(0).count == 1 && Workers(-3).count == 1) }

  private final class Tally: Sendable {
    nonisolated(unsafe) var items = 0
  }
}
