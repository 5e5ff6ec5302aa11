import Foundation
import GGUF
import GRDB

/// The file of a cache: how it is known as ours, opened, and set aside where it is damaged.
///
/// A file is ours if its header has our `application_id` (https://www.sqlite.org/fileformat.html, offset 68). Versions
/// up to 0.2.0 set none; their files are known by the columns of their tables. A file is judged by its bytes: SQLite
/// does not open another program's.
enum CacheFile {
  /// "Rtn1".
  static let applicationID = 0x5274_6E31

  /// The endings of the names of files that SQLite keeps beside its own.
  private static let companions = ["-wal", "-shm", "-journal"]

  /// The names of the files that SQLite keeps beside one of its own.
  static func companions(of path: String) -> [String] { companions.map { path + $0 } }

  /// Opens a cache, and creates it where there is none.
  ///
  /// - Parameter note: told, in a sentence, when another process has locked the file for more than a second.
  /// - Returns: The database, and what was the matter, in a sentence each.
  /// - Throws: `ConflictError.stranger` where something else stands at the path; it is not touched. Any other error
  ///   means that no cache can be kept there now.
  static func open(
    _ path: String, note: @escaping @Sendable (String) -> Void
  ) throws -> (database: DatabaseQueue, warnings: [String]) {
    let stamp = try check(path)
    do {
      return (try connect(path, note), [])
    } catch let error as DatabaseError where isDamage(error) {
      guard let stamp else { throw error }
      // A disk that fails once is no reason to give up what was measured: all of the file must be readable, and
      // damaged a second time.
      _ = try ContentDigest(of: OpenFile(reading: path))
      do {
        return (try connect(path, note), [])
      } catch let error as DatabaseError where isDamage(error) {
        let aside = try SetAside.move(path, stamp: stamp, companions: companions)
        return (
          try connect(path, note),
          [
            "the cache \(path.escaped) is damaged (\((error.message ?? "SQLite error").escaped)); it is now "
              + "\(aside.escaped), and measuring begins anew"
          ]
        )
      }
    }
  }

  /// Checks that a path belongs to nobody else.
  ///
  /// - Returns: The state of the file; nil where there is none, or an empty one.
  private static func check(_ path: String) throws -> FileStamp? {
    guard let stamp = try FileStamp.ofExisting(path: path) else { return nil }
    guard stamp.isRegular else { throw ConflictError.stranger(path, .cache) }
    guard stamp.size > 0 else { return nil }
    guard try isOurs(path, stamp) else { throw ConflictError.stranger(path, .cache) }
    return stamp
  }

  private static func isOurs(_ path: String, _ stamp: FileStamp) throws -> Bool {
    let page = try beginning(of: path)
    guard page.count >= 100, page.starts(with: Array("SQLite format 3\0".utf8)) else {
      return false
    }
    switch page[68..<72].reduce(0, { $0 << 8 | Int($1) }) {
    case applicationID: return true
    case 0:
      if MeasurementTables.areDescribed(in: page) { return true }
      // A run that was killed may have left its tables in the log alone.
      return MeasurementTables.areDescribed(in: (try? beginning(of: path + "-wal")) ?? [])
    default: return false
    }
  }

  /// The first 64 KiB of a file, as much as the largest page.
  private static func beginning(of path: String) throws -> [UInt8] {
    let file = try OpenFile(reading: path)
    var bytes = [UInt8](repeating: 0, count: min(file.stamp.size, 1 << 16))
    try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
    return bytes
  }

  private static func connect(
    _ path: String, _ note: @escaping @Sendable (String) -> Void
  ) throws -> DatabaseQueue {
    let folder = URL(filePath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var configuration = Configuration()
    configuration.busyMode = CacheLock.waiting(for: path, note: note)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    queue.keepUntilExit()
    do {
      // The tables first: a file that has them is known as ours, whatever ends the run.
      try MeasurementTables.prepare(queue)
      try queue.writeWithoutTransaction { db in
        // Readers and a writer side by side. Some network file systems cannot: there the default
        // rollback journal stays.
        _ = try? String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = NORMAL")
      }
    } catch {
      try? queue.close()
      throw error
    }
    return queue
  }

  /// Whether the file itself is at fault, not its folder, its disk or another process.
  private static func isDamage(_ error: DatabaseError) -> Bool {
    [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_FORMAT, .SQLITE_ERROR, .SQLITE_SCHEMA]
      .contains(error.resultCode)
  }
}

extension DatabaseQueue {
  /// Keeps the queue for as long as the program runs: where the system has no thread to give, Dispatch waits for ever
  /// for one that throws the queue away.
  func keepUntilExit() { _ = Unmanaged.passRetained(self) }
}
