package import Codecs
import Foundation
package import GGUF
import GRDB
import Synchronization

/// Remembers measurements in a SQLite file, named by content, so that a plan for another target costs
/// milliseconds and a fine-tune reuses the tensors it left alone.
///
/// The file is disposable. One of ours that is damaged is set aside; where none can be kept, the cache
/// lives in memory; either is told as a warning. Any other file is left alone, which is an error. Several processes
/// may share a file.
package final class MeasurementCache: Sendable {
  let database: DatabaseQueue
  /// What went wrong with the file, in a sentence each.
  package let warnings: [String]
  /// Whether measurements outlast the process.
  package let isKept: Bool
  private let damage = Atomic<Bool>(false)

  /// Opens or creates the cache; with nil, one that lives in memory alone.
  ///
  /// - Parameter note: told, in a sentence, when another process has locked the file for more than a second.
  /// - Throws: `ConflictError.stranger` where something else stands at the path.
  package init(
    path: String?, note: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    guard let path else {
      warnings = []
      isKept = false
      database = try Self.inMemory()
      return
    }
    do {
      let file = try CacheFile.open(path, note: note)
      database = file.database
      warnings = file.warnings
      isKept = true
    } catch let error as ConflictError {
      throw error
    } catch {
      database = try Self.inMemory()
      isKept = false
      warnings = ["no cache can be kept at \(path.escaped) (\(error)); measurements are not kept"]
    }
  }

  deinit { try? database.close() }

  /// Closes the cache and deletes its file. For a cache that served but one command.
  package func discard() throws {
    guard let path = isKept ? database.path : nil else { return }
    try database.close()
    for name in [path] + CacheFile.companions(of: path) where unlink(name) != 0 && errno != ENOENT {
      throw FileError("remove", name, .system(errno))
    }
  }

  private static func inMemory() throws -> DatabaseQueue {
    let queue = try DatabaseQueue()
    queue.keepUntilExit()
    try MeasurementTables.prepare(queue)
    return queue
  }

  /// Whether rows were met that are not as they were stored. They count as none.
  package var hasDamagedRows: Bool { damage.load(ordering: .relaxed) }

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
          guard let record = try? MeasurementRecord(row: row.copy()), record.isIntact,
            let key = ContentDigest(bytes: Array(record.key)), let distortion = record.distortion
          else {
            damage.store(true, ordering: .relaxed)
            continue
          }
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
  package struct Place: Sendable, Equatable {
    package let identity: String
    package let offset: Int
    package let length: Int

    /// A stretch of a file.
    ///
    /// - Parameter identity: of the file: device, inode, size and times of change.
    package init(identity: String, offset: Int, length: Int) {
      self.identity = identity
      self.offset = offset
      self.length = length
    }
  }

  /// The digest that was taken at a place, or nil.
  package func digest(at place: Place) throws -> ContentDigest? {
    try database.read { db in
      let key: [String: any DatabaseValueConvertible] = [
        "file": place.identity, "start": place.offset, "length": place.length,
      ]
      guard let row = try Row.fetchOne(db, DigestRecord.filter(key: key)) else { return nil }
      guard let record = try? DigestRecord(row: row), record.isIntact else {
        damage.store(true, ordering: .relaxed)
        return nil
      }
      return ContentDigest(bytes: Array(record.key))
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
}
