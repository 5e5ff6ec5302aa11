#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A file beside an output that only Ration uses, for as long as it writes: the output under its temporary name, or
/// the journal.
///
/// Whatever else has the name is left alone. A file that was there before must be a regular one, ours and without
/// another name; what is in it is judged by its mark.
struct SideFile: Sendable {
  let file: OpenFile
  /// Whether it was created just now.
  let isNew: Bool

  /// Opens the file for reading and writing, and creates it where there is none.
  ///
  /// - Throws: `ConflictError` for a file that is not ours, `FileError`.
  init(path: String) throws {
    while true {
      if let file = try Self.create(path) {
        self.file = file
        isNew = true
        return
      }
      if let file = try Self.openExisting(path) {
        self.file = file
        isNew = false
        return
      }
    }
  }

  /// Whether the name still leads to this file.
  var isCurrent: Bool {
    (try? FileStamp(path: file.path, followingLinks: false))?.isSameFile(as: file.stamp) == true
  }

  /// Deletes the file, unless its name leads to another one by now.
  func remove() {
    if isCurrent { unlink(file.path) }
  }

  /// Opens the file as `init` does, and locks it against other processes for as long as it is open. The lock is the
  /// system's, not the file's mere existence: it goes when its process does, however that ends.
  ///
  /// - Returns: Also whether it is locked; false where the file system has no locks.
  /// - Throws: `ConflictError.locked` where another process has it.
  static func locked(path: String, for output: String) throws -> (SideFile, isLocked: Bool) {
    while true {
      let side = try SideFile(path: path)
      let isLocked = try side.lock(for: output)
      // Whoever had the lock before us may have deleted the file between our opening and our locking it.
      if side.isCurrent { return (side, isLocked) }
    }
  }

  private func lock(for output: String) throws(ConflictError) -> Bool {
    if retryingInterrupted({ flock(file.descriptor, LOCK_EX | LOCK_NB) }) == 0 { return true }
    guard systemErrorNumber != EWOULDBLOCK else { throw .locked(output) }
    return false
  }

  /// Lets other processes have the file.
  func unlock() { flock(file.descriptor, LOCK_UN) }
}

extension SideFile {
  private static let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK

  /// A new file, or nil where the name is taken.
  private static func create(_ path: String) throws(FileError) -> OpenFile? {
    let descriptor = retryingInterrupted { open(path, flags | O_CREAT | O_EXCL, 0o666) }
    if descriptor == -1, systemErrorNumber == EEXIST { return nil }
    guard descriptor != -1 else { throw .last("create", path) }
    return try OpenFile(owning: descriptor, path: path)
  }

  /// The file of that name, or nil where there is none any more.
  private static func openExisting(_ path: String) throws -> OpenFile? {
    // A look before the opening, which may have effects on pipes and devices.
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if systemErrorNumber == ENOENT { return nil }
      throw FileError.last("examine", path)
    }
    try checkOurs(status, path)
    let descriptor = retryingInterrupted { open(path, flags) }
    if descriptor == -1, systemErrorNumber == ENOENT { return nil }
    guard descriptor != -1 else { throw FileError.last("open", path) }
    let file = try OpenFile(owning: descriptor, path: path)
    guard fstat(descriptor, &status) == 0 else { throw FileError.last("examine", path) }
    try checkOurs(status, path)
    return file
  }

  private static func checkOurs(_ status: stat, _ path: String) throws(ConflictError) {
    guard mode_t(status.st_mode) & S_IFMT == S_IFREG else { throw .notOurs(path, .notRegular) }
    guard status.st_uid == geteuid() else { throw .notOurs(path, .otherOwner) }
    // None at all: it has just been deleted or renamed, which the caller finds out.
    guard status.st_nlink <= 1 else { throw .notOurs(path, .otherNames) }
  }
}

/// The bytes that a side file begins with, by which Ration knows its own. They take no more than the part of a GGUF
/// header that every file has: magic, version and both counts.
struct Mark: Sendable {
  /// An output that is not complete.
  static let partial = Mark(bytes: Array("Ration: unfinished file\n".utf8))
  /// A journal.
  static let journal = Mark(bytes: Array("Ration: journal, form 1\n".utf8))

  /// Bytes of every mark.
  static let length = 24

  /// As many as `length`.
  let bytes: [UInt8]

  /// Whether a file begins with the mark, or ends before it is complete.
  func begins(_ file: OpenFile) throws -> Bool {
    bytes.starts(with: try file.bytes(at: 0, count: min(Self.length, file.currentSize)))
  }
}
