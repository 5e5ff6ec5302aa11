package import Codecs
import Foundation
package import GGUF
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

  /// How many keys are looked up at a time: SQLite takes so many parameters of a query at least.
  private static let keysAtATime = 500

  /// What is known of these keys.
  package func distortions(of keys: [ContentDigest]) throws -> [ContentDigest: Distortion] {
    try database.read { db in
      var found: [ContentDigest: Distortion] = [:]
      for start in stride(from: 0, to: keys.count, by: Self.keysAtATime) {
        let some = keys[start..<min(start + Self.keysAtATime, keys.count)].map { Data($0.bytes) }
        let rows = try Row.fetchCursor(db, MeasurementRecord.filter(keys: some))
        while let row = try rows.next() {
          // A row that holds what we never store, such as no number, is as good as none. A copy knows
          // what its values are; the cursor's own row would read a text as the number 0.
          guard let record = try? MeasurementRecord(row: row.copy()),
            let key = ContentDigest(bytes: Array(record.key)), let distortion = record.distortion
          else { continue }
          found[key] = distortion
        }
      }
      return found
    }
  }

  /// Keeps measurements; they survive the process from here on.
  ///
  /// - Parameter tensor: the tensor's name, for those who query the file.
  package func store(_ distortions: [(ContentDigest, Codec, Distortion)], tensor: String) throws {
    try database.write { db in
      for (key, codec, distortion) in distortions {
        try MeasurementRecord(
          key: Data(key.bytes), tensor: tensor, type: codec.type.name, distortion
        ).insert(db)
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

    /// A stretch of a file.
    ///
    /// - Parameter identity: of the file: device, inode, size and time of change.
    package init(identity: String, offset: Int, length: Int) {
      self.identity = identity
      self.offset = offset
      self.length = length
    }
  }

  /// The digest that was taken at a place, or nil.
  package func digest(at place: Place) throws -> ContentDigest? {
    try database.read { db in
      let record = try DigestRecord.fetchOne(
        db, key: ["file": place.identity, "start": place.offset, "length": place.length])
      return record.flatMap { ContentDigest(bytes: Array($0.key)) }
    }
  }

  /// Keeps the digest that was taken at a place.
  package func store(_ digest: ContentDigest, at place: Place) throws {
    try database.write { db in
      try DigestRecord(
        file: place.identity, start: place.offset, length: place.length, key: Data(digest.bytes)
      ).insert(db)
    }
  }

  // MARK: The file

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
    }
    try MeasurementTables.prepare(queue)
    return queue
  }

  private static func inMemory() throws -> DatabaseQueue {
    let queue = try DatabaseQueue()
    try MeasurementTables.prepare(queue)
    return queue
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
