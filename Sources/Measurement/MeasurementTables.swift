import GGUF
import GRDB

/// The cache's tables, and how a file comes to have them.
enum MeasurementTables {
  /// The version in the header of a file with the present tables.
  private static let version = 2

  /// The tables with their columns.
  private static let columns: [String: [String]] = [
    MeasurementRecord.databaseTableName: [
      "key", "tensor", "type", "loss", "lossVariance", "weightedRelativeError",
      "rootMeanSquareError", "maximumError", "percentile95", "measuredRows", "rows", "checksum",
    ],
    DigestRecord.databaseTableName: ["file", "start", "length", "key", "checksum"],
  ]

  /// Whether the first page of a database describes our tables. The texts that created them stand there as they are.
  static func areDescribed(in page: [UInt8]) -> Bool {
    [
      MeasurementRecord.databaseTableName, "weightedRelativeError", "rootMeanSquareError",
      "percentile95",
    ]
    .allSatisfy { page.firstRange(of: Array($0.utf8)) != nil }
  }

  /// The steps from an empty file to the present tables. A change of the tables is a further step,
  /// which carries the measurements over: people have waited hours for them.
  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 measurements and digests") { db in
      // Before there were migrations, files had these tables.
      try createUncheckedMeasurements(in: db)
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
    }
    migrator.registerMigration("2 checksums") { db in
      for table in columns.keys.sorted() { try addChecksums(to: table, in: db) }
      for row in try Row.fetchAll(db, MeasurementRecord.all()) {
        guard var record = try? MeasurementRecord(row: row), record.distortion != nil else {
          continue
        }
        record.seal()
        try record.update(db)
      }
      try db.execute(sql: "DELETE FROM measurement WHERE checksum = x''")
      // These name files by less than it takes now, so none would be found.
      try db.execute(sql: "DELETE FROM digest")
      try db.execute(sql: "PRAGMA application_id = \(CacheFile.applicationID)")
      try db.execute(sql: "PRAGMA user_version = \(version)")
    }
    return migrator
  }

  /// The columns of the table of measurements, the key first.
  static var measurementColumns: [String] { columns[MeasurementRecord.databaseTableName]! }

  /// Makes the present table of measurements in a new file.
  static func createMeasurements(in db: Database) throws {
    try createUncheckedMeasurements(in: db)
    try addChecksums(to: MeasurementRecord.databaseTableName, in: db)
  }

  private static func createUncheckedMeasurements(in db: Database) throws {
    try db.create(
      table: MeasurementRecord.databaseTableName, options: [.ifNotExists, .withoutRowID]
    ) { table in
      table.column("key", .blob).primaryKey()
      table.column("tensor", .text).notNull()
      table.column("type", .text).notNull()
      for figure in measurementColumns[3..<9] { table.column(figure, .double).notNull() }
      table.column("measuredRows", .integer).notNull()
      table.column("rows", .integer).notNull()
    }
  }

  private static func addChecksums(to table: String, in db: Database) throws {
    try db.alter(table: table) {
      $0.add(column: "checksum", .blob).notNull().defaults(sql: "x''")
    }
  }

  /// Brings a file to the present tables.
  ///
  /// - Throws: `NewerCache`; `DatabaseError` where the file is damaged.
  static func prepare(_ queue: DatabaseQueue) throws {
    let migrator = migrator
    try queue.writeWithoutTransaction { db in
      let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
      guard try (0...version).contains(found) && !migrator.hasBeenSuperseded(db) else {
        throw NewerCache()
      }
      if found == version { try check(db) }
      // The first thing in a new file is whose it is.
      if try Int.fetchOne(db, sql: "PRAGMA page_count") == 0 {
        try db.execute(sql: "PRAGMA application_id = \(CacheFile.applicationID)")
      }
    }
    try migrate(queue, migrator, attempts: 1 + migrator.migrations.count)
    try queue.read(check)
  }

  /// Takes the steps that are missing. Other processes may do so at the same time: each may be ahead once in every step.
  private static func migrate(
    _ queue: DatabaseQueue, _ migrator: DatabaseMigrator, attempts: Int
  ) throws {
    do {
      try migrator.migrate(queue)
    } catch let error as DatabaseError
      where [.SQLITE_CONSTRAINT, .SQLITE_ERROR].contains(error.resultCode) && attempts > 1
    {
      try migrate(queue, migrator, attempts: attempts - 1)
    }
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

/// A cache with tables that this version does not know. It is left as it is.
struct NewerCache: ClassifiedError {
  var kind: ErrorKind { .inputOutput }
  var description: String {
    "it is of a newer version of ration: update this one, or give another --cache"
  }
}
