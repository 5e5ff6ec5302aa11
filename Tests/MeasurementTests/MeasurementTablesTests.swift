import Foundation
import GGUF
import GRDB
import Measurement
import Testing
import TestSupport

/// Measurements take hours: no change of the tables may cost them.
@Suite struct MeasurementTablesTests {
  typealias Cache = MeasurementCacheTests

  let directory = TemporaryDirectory()
  var path: String { directory("measurements.sqlite") }

  /// The tables as they were before files said which migrations they had been through.
  static func createOldTables(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE measurement (
          key BLOB PRIMARY KEY, tensor TEXT NOT NULL, type TEXT NOT NULL,
          loss REAL NOT NULL, lossVariance REAL NOT NULL,
          weightedRelativeError REAL NOT NULL, rootMeanSquareError REAL NOT NULL,
          maximumError REAL NOT NULL, percentile95 REAL NOT NULL,
          measuredRows INTEGER NOT NULL, rows INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE digest (
          file TEXT, start INTEGER, length INTEGER, key BLOB NOT NULL,
          PRIMARY KEY (file, start, length)
        ) WITHOUT ROWID;
        PRAGMA user_version = 1;
        """)
    for (number, loss) in ["1", "9e999", "'text'"].enumerated() {
      try db.execute(
        sql: "INSERT INTO measurement VALUES (?, 'a.weight', 'q4_0', \(loss), 2, 3, 4, 5, 6, 7, 8)",
        arguments: [Data(Cache.key(number).bytes)])
    }
    try db.execute(
      sql: "INSERT INTO digest VALUES ('file', 32, 64, ?)",
      arguments: [Data(Cache.key(0).bytes)])
  }

  /// Reads what the old tables had, twice.
  func expectKept() throws {
    for _ in 0..<2 {
      let cache = try MeasurementCache(path: path)
      #expect(cache.warnings.isEmpty)
      let all = try cache.distortions(of: (0..<3).map(Cache.key))
      #expect(all.count == 1 && !cache.hasDamagedRows)
      let known = try #require(all[Cache.key(0)])
      let figures: [Double] = [
        known.loss, known.lossVariance, known.weightedRelativeError, known.rootMeanSquareError,
        known.maximumError, known.percentile95,
      ]
      let rows: [Int] = [known.measuredRows, known.rows]
      #expect(figures.elementsEqual([1, 2, 3, 4, 5, 6]) && rows.elementsEqual([7, 8]))
    }
    let header = try DatabaseQueue(path: path).read { db in
      try ["user_version", "application_id"].map { try Int.fetchOne(db, sql: "PRAGMA \($0)") }
    }
    #expect(header == [2, 0x5274_6E31])
    #expect(try directory.names() == ["measurements.sqlite"])
  }

  @Test func aFileOfTheTimeBeforeMigrationsKeepsItsMeasurements() throws {
    try DatabaseQueue(path: path).writeWithoutTransaction(Self.createOldTables)
    try expectKept()
  }

  @Test func aFileOfVersion020KeepsItsMeasurements() throws {
    try DatabaseQueue(path: path).writeWithoutTransaction { db in
      try Self.createOldTables(db)
      try db.execute(
        sql: """
          CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
          INSERT INTO grdb_migrations VALUES ('1 measurements and digests');
          """)
    }
    try expectKept()
  }

  @Test func aFileWhoseTablesAreInTheLogAloneKeepsItsMeasurements() throws {
    let queue = try DatabaseQueue(path: directory("live"))
    try queue.writeWithoutTransaction { db in
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      try Self.createOldTables(db)
    }
    // As a run that was killed leaves them.
    for suffix in ["", "-wal"] {
      try directory.write(
        contents(of: directory("live\(suffix)")), to: "measurements.sqlite\(suffix)")
    }
    try queue.close()
    unlink(directory("live"))
    try expectKept()
  }

  @Test(arguments: [
    "INSERT INTO grdb_migrations VALUES ('3 something to come')", "PRAGMA user_version = 3",
    "PRAGMA user_version = -1",
  ])
  func aFileOfAnotherVersionIsLeftAsItIs(_ change: String) throws {
    try Cache.fill(MeasurementCache(path: path), 0..<5)
    try DatabaseQueue(path: path).writeWithoutTransaction { db in
      try db.execute(sql: "\(change); PRAGMA wal_checkpoint(TRUNCATE)")
    }
    let before = try contents(of: path)
    let cache = try MeasurementCache(path: path)
    #expect(cache.warnings.count == 1)
    #expect(cache.warnings.first?.contains("newer version") == true)
    #expect(cache.warnings.first?.hasSuffix("measurements are not kept") == true)
    #expect(try cache.distortions(of: [Cache.key(1)]).isEmpty)
    try Cache.fill(cache, 5..<6)
    #expect(try contents(of: path) == before)
    #expect(try directory.names() == ["measurements.sqlite"])
  }
}
