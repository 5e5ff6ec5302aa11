import Codecs
import Foundation
package import GGUF
import GRDB
import GRDBSQLite

/// What one process has measured of a model, in a file for the cache of another: `ration measure` writes it, and
/// `ration cache merge` reads it.
///
/// The file is an SQLite database with the cache's table of measurements and one row that says what it is. Whoever
/// measures the same with the same version of SQLite writes the same bytes.
package enum ShareFile {
  /// What a file of measurements is about.
  package struct Header: Sendable, Equatable {
    /// A digest of all that is to be measured, by all processes together.
    package let work: ContentDigest
    /// A digest of the encoders that the program has.
    package let encoders: ContentDigest
    /// Which share of it this is, from 1 to `count`.
    package let number: Int
    /// How many shares there are.
    package let count: Int
    /// The name of the model's file.
    package let model: String
    /// The version of the program.
    package let version: String

    package init(
      work: ContentDigest, encoders: ContentDigest = .encoders, number: Int, count: Int,
      model: String, version: String
    ) {
      self.work = work
      self.encoders = encoders
      self.number = number
      self.count = count
      self.model = model
      self.version = version
    }
  }

  /// "RtnS".
  static let applicationID = 0x5274_6E53

  /// The bytes of a file.
  ///
  /// - Parameter measurements: of each tensor under its types, by their keys.
  package static func bytes(
    _ header: Header, _ measurements: [Measurement]
  ) throws -> [UInt8] {
    let queue = try DatabaseQueue()
    queue.keepUntilExit()
    defer { try? queue.close() }
    // Before there is a table: it is part of the file's first page.
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: "PRAGMA user_version = \(ShareRecord.version)")
    }
    try queue.write { db in
      try MeasurementTables.createMeasurements(in: db)
      try ShareRecord.create(in: db)
      try ShareRecord(header).insert(db)
      for measurement in measurements {
        try MeasurementRecord(
          key: Data(measurement.key.bytes), tensor: measurement.tensor,
          type: measurement.type.name, measurement.distortion
        ).insert(db)
      }
    }
    return try queue.read { db in
      var count: sqlite3_int64 = 0
      guard let bytes = sqlite3_serialize(db.sqliteConnection, "main", &count, 0) else {
        throw DatabaseError(resultCode: .SQLITE_NOMEM)
      }
      defer { sqlite3_free(bytes) }
      return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
    }
  }

  /// A tensor's loss under a type.
  package struct Measurement: Sendable {
    let key: ContentDigest
    let tensor: String
    let type: TensorType
    let distortion: Distortion

    package init(key: ContentDigest, tensor: String, type: TensorType, _ distortion: Distortion) {
      self.key = key
      self.tensor = tensor
      self.type = type
      self.distortion = distortion
    }
  }

  /// What a file says that it is.
  ///
  /// - Throws: `ShareFileError`, `FileError`. Nothing is written.
  package static func header(of path: String) throws -> Header {
    let file = try OpenFile(reading: path)
    let beginning = try file.bytes(at: 0, count: min(100, file.stamp.size))
    guard beginning.count == 100, beginning.starts(with: Array("SQLite format 3\0".utf8)),
      beginning[68..<72].reduce(0, { $0 << 8 | Int($1) }) == applicationID
    else { throw ShareFileError(path: path, problem: .notOne) }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      queue.keepUntilExit()
      defer { try? queue.close() }
      return try queue.read { db in
        guard try Int.fetchOne(db, sql: "PRAGMA user_version") == ShareRecord.version else {
          throw ShareFileError(path: path, problem: .otherVersion)
        }
        guard try String.fetchOne(db, sql: "PRAGMA quick_check(1)") == "ok",
          let record = try ShareRecord.fetchOne(db), record.isIntact, let header = record.header
        else { throw ShareFileError(path: path, problem: .damaged) }
        return header
      }
    } catch is DatabaseError {
      throw ShareFileError(path: path, problem: .damaged)
    }
  }
}

/// The row that says what a file of measurements is.
private struct ShareRecord: Codable, FetchableRecord, PersistableRecord, SealedRecord {
  static let databaseTableName = "share"
  /// The version of the file.
  static let version = 1

  var work: Data
  var encoders: Data
  var number: Int
  var count: Int
  var model: String
  var program: String
  var checksum = Data()

  init(_ header: ShareFile.Header) {
    work = Data(header.work.bytes)
    encoders = Data(header.encoders.bytes)
    number = header.number
    count = header.count
    model = header.model
    program = header.version
    seal()
  }

  static func create(in db: Database) throws {
    try db.create(table: databaseTableName) { table in
      table.column("work", .blob).notNull()
      table.column("encoders", .blob).notNull()
      table.column("number", .integer).notNull()
      table.column("count", .integer).notNull()
      table.column("model", .text).notNull()
      table.column("program", .text).notNull()
      table.column("checksum", .blob).notNull()
    }
  }

  /// What it says; nil where that cannot be.
  var header: ShareFile.Header? {
    guard let work = ContentDigest(bytes: Array(work)),
      let encoders = ContentDigest(bytes: Array(encoders)), count >= 1, 1...count ~= number
    else { return nil }
    return ShareFile.Header(
      work: work, encoders: encoders, number: number, count: count, model: model, version: program)
  }

  var digest: ContentDigest {
    var hasher = ContentHasher()
    hasher.add("share")
    work.withUnsafeBytes { hasher.add($0) }
    encoders.withUnsafeBytes { hasher.add($0) }
    for number in [number, count] { hasher.add(UInt64(bitPattern: Int64(number))) }
    hasher.add(model)
    hasher.add(program)
    return hasher.finish()
  }
}

/// A file of which no measurements can be taken.
package struct ShareFileError: ClassifiedError, Equatable {
  package let path: String
  package let problem: Problem

  /// What is wrong with it.
  package enum Problem: Sendable, Equatable {
    /// It is of another program.
    case notOne
    /// It is not as it was written.
    case damaged
    /// Another version of the program has written it, in another form.
    case otherVersion
  }

  package var kind: ErrorKind { .badInput }

  package var description: String {
    let words =
      switch problem {
      case .notOne: "it is no file that ration measure writes"
      case .damaged: "it is not as ration measure wrote it; measure this share again"
      case .otherVersion: "it is of another version of ration"
      }
    return "\(path.escaped): \(words)"
  }
}

extension ContentDigest {
  /// A digest of the encoders that this program has: what other encoders have measured is of no use to it.
  package static let encoders: ContentDigest = {
    var hasher = ContentHasher()
    for codec in Codec.all {
      hasher.add(UInt64(codec.type.id))
      hasher.add(UInt64(codec.revision))
    }
    return hasher.finish()
  }()
}
