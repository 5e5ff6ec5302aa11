package import Codecs
import Foundation
import GGUF
import GRDB

/// Remembers measurements in a SQLite file, named by content, so that a plan for another target costs
/// milliseconds and a fine-tune reuses the tensors it left alone.
///
/// The file is disposable. One that cannot be read is set aside; where none can be kept, the cache
/// lives in memory; either is told as a warning, never an error. Several processes may share a file.
package final class MeasurementCache: Sendable {
  private let database: DatabaseQueue
  /// What went wrong with the file, in a sentence each.
  package let warnings: [String]

  /// Opens or creates the cache; with nil, one that lives in memory alone.
  package init(path: String?) throws {
    guard let path else {
      warnings = []
      database = try Self.inMemory()
      return
    }
    do {
      database = try Self.open(path)
      warnings = []
    } catch let error as DatabaseError where Self.isUnusable(error) {
      let aside = path + ".unreadable"
      let sentence = "the cache \(path) cannot be read (\(error.message ?? "SQLite error"))"
      do {
        try Self.setAside(path, as: aside)
        database = try Self.open(path)
        warnings = ["\(sentence); it is now \(aside)"]
      } catch {
        database = try Self.inMemory()
        warnings = ["\(sentence); measurements are not kept"]
      }
    } catch {
      database = try Self.inMemory()
      warnings = ["no cache can be kept at \(path) (\(error)); measurements are not kept"]
    }
  }

  // MARK: Measurements

  /// What is known of these keys.
  package func distortions(of keys: [ContentKey]) throws -> [ContentKey: Distortion] {
    try database.read { db in
      let statement = try db.cachedStatement(
        sql: """
          SELECT loss, lossVariance, weightedRelativeError, rootMeanSquareError, maximumError,
            percentile95, measuredRows, rows
          FROM measurement WHERE key = ?
          """)
      var found: [ContentKey: Distortion] = [:]
      for key in keys {
        guard let row = try Row.fetchOne(statement, arguments: [Data(key.bytes)]) else { continue }
        // A row that holds what we never store, such as no number, is as good as none.
        if let distortion = Distortion(row) { found[key] = distortion }
      }
      return found
    }
  }

  /// Keeps measurements; they survive the process from here on.
  ///
  /// - Parameter tensor: the tensor's name, for those who query the file.
  package func store(_ distortions: [(ContentKey, Codec, Distortion)], tensor: String) throws {
    try database.write { db in
      let statement = try db.cachedStatement(
        sql: "INSERT OR REPLACE INTO measurement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      for (key, codec, distortion) in distortions {
        try statement.execute(arguments: [
          Data(key.bytes), tensor, codec.type.name, distortion.loss, distortion.lossVariance,
          distortion.weightedRelativeError, distortion.rootMeanSquareError,
          distortion.maximumError, distortion.percentile95, distortion.measuredRows,
          distortion.rows,
        ])
      }
    }
  }

  // MARK: Digests

  /// Where a file and what it says of itself are unchanged, so is its content: a digest need not be
  /// taken again.
  package struct Place: Sendable {
    package let identity: String
    package let offset: Int
    package let length: Int

    /// - Parameter identity: of the file: device, inode, size and time of change.
    package init(identity: String, offset: Int, length: Int) {
      self.identity = identity
      self.offset = offset
      self.length = length
    }
  }

  /// The digest that was taken at a place, or nil.
  package func digest(at place: Place) throws -> ContentKey? {
    try database.read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT key FROM digest WHERE file = ? AND start = ? AND length = ?")
      let data = try Data.fetchOne(
        statement, arguments: [place.identity, place.offset, place.length])
      return data.flatMap { $0.count == 32 ? ContentKey(bytes: Array($0)) : nil }
    }
  }

  package func store(_ digest: ContentKey, at place: Place) throws {
    try database.write { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO digest VALUES (?, ?, ?, ?)",
        arguments: [place.identity, place.offset, place.length, Data(digest.bytes)])
    }
  }

  // MARK: The file

  /// Raise it with every change of the tables: a file of another version is set aside.
  private static let version = 1

  private static func open(_ path: String) throws -> DatabaseQueue {
    let folder = URL(filePath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { db in
      // Readers and a writer side by side. Some network file systems cannot: there the default
      // rollback journal stays.
      _ = try? String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = NORMAL")
      try prepare(db)
    }
    return queue
  }

  private static func inMemory() throws -> DatabaseQueue {
    let queue = try DatabaseQueue()
    try queue.writeWithoutTransaction(prepare)
    return queue
  }

  private static func prepare(_ db: Database) throws {
    try db.inTransaction(.immediate) {
      let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      if found == 0 {
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
            PRAGMA user_version = \(version);
            """)
      } else if found != version {
        throw DatabaseError(
          resultCode: .SQLITE_FORMAT, message: "it has version \(found), not \(version)")
      }
      // The tables of another program may have the number of ours.
      for (table, columns) in ["measurement": 11, "digest": 4] {
        let count = try db.columns(in: table).count
        guard count == columns else {
          throw DatabaseError(
            resultCode: .SQLITE_FORMAT, message: "its table \(table) has \(count) columns")
        }
      }
      return .commit
    }
    if let problem = try String.fetchOne(db, sql: "PRAGMA quick_check(1)"), problem != "ok" {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: problem)
    }
  }

  /// Whether the file itself is at fault, not its folder, its disk or another process.
  private static func isUnusable(_ error: DatabaseError) -> Bool {
    [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_FORMAT, .SQLITE_ERROR, .SQLITE_SCHEMA]
      .contains(error.resultCode)
  }

  private static func setAside(_ path: String, as aside: String) throws {
    let files = FileManager.default
    try? files.removeItem(atPath: aside)
    try files.moveItem(atPath: path, toPath: aside)
    // The journals belong to the old file.
    for suffix in ["-wal", "-shm", "-journal"] { try? files.removeItem(atPath: path + suffix) }
  }
}

extension Distortion {
  /// The measurement in a row of the table; nil where a figure is not a number or negative.
  fileprivate init?(_ row: Row) {
    var figures: [Double] = []
    for column in 0..<6 {
      guard let figure = Double.fromDatabaseValue(row[column]), figure.isFinite, figure >= 0 else {
        return nil
      }
      figures.append(figure)
    }
    guard let measuredRows = Int.fromDatabaseValue(row[6]), let rows = Int.fromDatabaseValue(row[7])
    else { return nil }
    self.init(
      loss: figures[0], lossVariance: figures[1], weightedRelativeError: figures[2],
      rootMeanSquareError: figures[3], maximumError: figures[4], percentile95: figures[5],
      measuredRows: measuredRows, rows: rows)
  }
}
