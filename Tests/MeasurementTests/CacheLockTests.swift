import Foundation
import GRDB
import Measurement
import Synchronization
import Testing
import TestSupport

@Suite("A cache that another process has locked") struct CacheLockTests {
  let directory = TemporaryDirectory()

  @Test("is waited for, and told of after a second")
  func waiting() throws {
    let path = directory("measurements.sqlite")
    let notes = Mutex<[String]>([])
    let cache = try MeasurementCache(path: path) { note in notes.withLock { $0.append(note) } }
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: path, configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 1.3)
      try? other.inDatabase { try $0.execute(sql: "COMMIT") }
    }
    try MeasurementCacheTests.fill(cache, 0..<2)
    #expect(
      notes.withLock(\.self) == [
        "waiting for the cache \(path), which another process has locked"
      ])
    try MeasurementCacheTests.expectFilled(cache, 0..<2)
  }
}
