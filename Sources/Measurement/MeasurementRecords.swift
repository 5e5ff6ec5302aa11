import Foundation
import GRDB

/// What a tensor loses under a type, as a row of the cache's table `measurement`.
struct MeasurementRecord: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "measurement"
  /// Measuring again replaces.
  static let persistenceConflictPolicy = PersistenceConflictPolicy(
    insert: .replace, update: .replace)

  /// The SHA-256 digest of all that the measurement depends on.
  var key: Data
  /// The tensor's name and the type's, for those who query the file.
  var tensor: String
  var type: String
  var loss: Double
  var lossVariance: Double
  var weightedRelativeError: Double
  var rootMeanSquareError: Double
  var maximumError: Double
  var percentile95: Double
  var measuredRows: Int
  var rows: Int

  /// The row that keeps a measurement.
  init(key: Data, tensor: String, type: String, _ distortion: Distortion) {
    self.key = key
    self.tensor = tensor
    self.type = type
    loss = distortion.loss
    lossVariance = distortion.lossVariance
    weightedRelativeError = distortion.weightedRelativeError
    rootMeanSquareError = distortion.rootMeanSquareError
    maximumError = distortion.maximumError
    percentile95 = distortion.percentile95
    measuredRows = distortion.measuredRows
    rows = distortion.rows
  }

  /// The measurement that the row keeps; nil where a figure is infinite or negative, which none that
  /// was measured is.
  var distortion: Distortion? {
    let figures = [
      loss, lossVariance, weightedRelativeError, rootMeanSquareError, maximumError, percentile95,
    ]
    guard figures.allSatisfy({ $0.isFinite && $0 >= 0 }) else { return nil }
    return Distortion(
      loss: loss, lossVariance: lossVariance, weightedRelativeError: weightedRelativeError,
      rootMeanSquareError: rootMeanSquareError, maximumError: maximumError,
      percentile95: percentile95, measuredRows: measuredRows, rows: rows)
  }
}

/// The digest of a stretch of a file, as a row of the cache's table `digest`.
struct DigestRecord: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "digest"
  /// Taking a digest again replaces.
  static let persistenceConflictPolicy = PersistenceConflictPolicy(
    insert: .replace, update: .replace)

  /// The file's device, inode, size and time of change.
  var file: String
  /// The offset of the first byte.
  var start: Int
  /// The number of bytes.
  var length: Int
  /// The SHA-256 digest.
  var key: Data
}

/// The cache's tables, and how a file comes to have them.
enum MeasurementTables {
  /// The tables with their columns. A file of another program may have some of the same names.
  private static let columns: [String: [String]] = [
    MeasurementRecord.databaseTableName: [
      "key", "tensor", "type", "loss", "lossVariance", "weightedRelativeError",
      "rootMeanSquareError", "maximumError", "percentile95", "measuredRows", "rows",
    ],
    DigestRecord.databaseTableName: ["file", "start", "length", "key"],
  ]

  /// The steps from an empty file to the present tables. A change of the tables is a further step,
  /// which carries the measurements over: people have waited hours for them.
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 measurements and digests") { db in
      // Before there were migrations, files had these tables and the version 1, which says so to
      // programs of that time.
      try db.create(
        table: MeasurementRecord.databaseTableName, options: [.ifNotExists, .withoutRowID]
      ) { table in
        table.column("key", .blob).primaryKey()
        table.column("tensor", .text).notNull()
        table.column("type", .text).notNull()
        for figure in columns[MeasurementRecord.databaseTableName]![3..<9] {
          table.column(figure, .double).notNull()
        }
        table.column("measuredRows", .integer).notNull()
        table.column("rows", .integer).notNull()
      }
      try db.create(
        table: DigestRecord.databaseTableName, options: [.ifNotExists, .withoutRowID]
      ) { table in
        table.primaryKey {
          table.column("file", .text)
          table.column("start", .integer)
          table.column("length", .integer)
        }
        table.column("key", .blob).notNull()
      }
      try db.execute(sql: "PRAGMA user_version = 1")
    }
    return migrator
  }

  /// Brings a file to the present tables.
  ///
  /// - Throws: `DatabaseError` where it cannot be, because it is damaged, another program's, or a later
  ///   version's.
  static func prepare(_ queue: DatabaseQueue) throws {
    let migrator = migrator
    try queue.read { db in
      let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      guard try (0...1).contains(version) && !migrator.hasBeenSuperseded(db) else {
        throw DatabaseError(
          resultCode: .SQLITE_FORMAT, message: "it is of another version of this program")
      }
      if version == 1 { try check(db) }
    }
    do {
      try migrator.migrate(queue)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      // Another process did the same at the same time.
      guard try queue.read(migrator.hasCompletedMigrations) else { throw error }
    }
    try queue.read(check)
  }

  /// Checks that the file is whole and has the tables.
  private static func check(_ db: Database) throws {
    for (table, expected) in columns {
      let found = try db.columns(in: table).map(\.name)
      guard found == expected else {
        throw DatabaseError(
          resultCode: .SQLITE_FORMAT,
          message: "its table \(table) has the columns \(found.joined(separator: ", "))")
      }
    }
    if let problem = try String.fetchOne(db, sql: "PRAGMA quick_check(1)"), problem != "ok" {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: problem)
    }
  }
}
