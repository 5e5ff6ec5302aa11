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
  @Test func aFileOfTheTimeBeforeMigrationsKeepsItsMeasurements() throws {
    try DatabaseQueue(path: path).writeWithoutTransaction { db in
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
      let key = Data(Cache.key(4).bytes)
      try db.execute(
        sql: "INSERT INTO measurement VALUES (?, 'a.weight', 'q4_0', 1, 2, 3, 4, 5, 6, 7, 8)",
        arguments: [key])
      try db.execute(sql: "INSERT INTO digest VALUES ('file', 32, 64, ?)", arguments: [key])
    }
    for _ in 0..<2 {
      let cache = try MeasurementCache(path: path)
      #expect(cache.warnings.isEmpty)
      let known = try #require(try cache.distortions(of: [Cache.key(4)])[Cache.key(4)])
      let figures: [Double] = [
        known.loss, known.lossVariance, known.weightedRelativeError, known.rootMeanSquareError,
        known.maximumError, known.percentile95,
      ]
      let rows: [Int] = [known.measuredRows, known.rows]
      #expect(figures.elementsEqual([1, 2, 3, 4, 5, 6]) && rows.elementsEqual([7, 8]))
      let place = MeasurementCache.Place(identity: "file", offset: 32, length: 64)
      #expect(try cache.digest(at: place) == Cache.key(4))
    }
    // And programs of that time go on to use it.
    let version = try DatabaseQueue(path: path).read { db in
      try Int.fetchOne(db, sql: "PRAGMA user_version")
    }
    #expect(version == 1)
  }

  @Test func aFileThatALaterVersionHasChangedIsSetAside() throws {
    try Cache.fill(MeasurementCache(path: path), 0..<5)
    try DatabaseQueue(path: path).write { db in
      try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('2 something to come')")
    }
    let cache = try MeasurementCache(path: path)
    #expect(cache.warnings.count == 1)
    #expect(try cache.distortions(of: [Cache.key(1)]).isEmpty)
  }
}
