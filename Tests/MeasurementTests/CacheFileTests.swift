import Foundation
import GGUF
import GRDB
import Measurement
import Testing
import TestSupport

/// What stands at the path of a cache and is none of ours stays as it is, to the byte, and nothing comes beside it.
@Suite("The file of a cache") struct CacheFileTests {
  let directory = TemporaryDirectory()
  var path: String { directory("c.sqlite") }

  func expectRefused() throws {
    let before = try contents(of: path)
    let names = try directory.names()
    let error = #expect(throws: ConflictError.stranger(path, .cache)) {
      try MeasurementCache(path: path)
    }
    #expect(error?.kind == .conflict)
    #expect(error?.description.contains("is not a cache of ration") == true)
    #expect(try contents(of: path) == before)
    #expect(try directory.names() == names)
  }

  @Test("is refused where it is no database") func texts() throws {
    var random = SeededGenerator(seed: 31)
    for bytes in [
      [1], Array("my notes\n".utf8), random.bytes(20_000), Array("SQLite format 3\0".utf8),
    ] {
      try directory.write(bytes, to: "c.sqlite")
      try expectRefused()
    }
  }

  @Test(
    "is refused where it is another program's database",
    arguments: [
      "CREATE TABLE letters (text TEXT)",
      "CREATE TABLE letters (text TEXT); PRAGMA user_version = 1",
      "CREATE TABLE measurement (key TEXT, other TEXT); PRAGMA user_version = 1",
      "CREATE TABLE letters (text TEXT); PRAGMA application_id = 7",
      "PRAGMA application_id = 7; PRAGMA user_version = 2",
    ], [false, true])
  func databases(_ sql: String, usesLog: Bool) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in
      if usesLog { _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") }
      try db.execute(sql: sql)
    }
    // While the other program works with it, and afterwards.
    try expectRefused()
    try queue.close()
    try expectRefused()
  }

  @Test("is refused where it is a folder, a pipe or a device") func kinds() throws {
    mkdir(directory("folder"), 0o700)
    mkfifo(directory("pipe"), 0o600)
    for path in [directory("folder"), directory("pipe"), "/dev/null"] {
      #expect(throws: ConflictError.stranger(path, .cache)) { try MeasurementCache(path: path) }
    }
    #expect(try directory.names() == ["folder", "pipe"])
  }

  @Test("may be empty, or what a link leads to") func usable() throws {
    try directory.write([], to: "empty")
    symlink(directory("empty"), path)
    for _ in 0..<2 {
      let cache = try MeasurementCache(path: path)
      #expect(cache.warnings.isEmpty)
      try MeasurementCacheTests.fill(cache, 0..<2)
    }
    try MeasurementCacheTests.expectFilled(MeasurementCache(path: directory("empty")), 0..<2)
  }

  @Test("says whose it is from its first byte on") func mark() throws {
    _ = try MeasurementCache(path: path)
    #expect(try contents(of: path)[68..<72].elementsEqual(Array("Rtn1".utf8)))
  }
}
