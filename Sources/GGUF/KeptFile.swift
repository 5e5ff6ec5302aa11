#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A file that one run leaves for the next, and that runs add to in its place. Whoever has one knows by its contents
/// whether it is theirs; until they do, they only read.
///
/// Any number of processes may read it side by side. One that writes keeps all others out.
package final class KeptFile: Sendable {
  private let file: OpenFile
  private let isNew: Bool

  /// Opens a file, and creates it where there is none. One that was created goes again if nothing is written to it.
  ///
  /// - Throws: `ConflictError` where something stands there that is not a regular file, or another process writes;
  ///   `FileError`.
  package init(_ path: String) throws {
    try Reservation.checkReplaceable(path, overwrite: true)
    isNew = try FileStamp.ofExisting(path: path) == nil
    let descriptor = retryingInterrupted {
      open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
    }
    guard descriptor != -1 else { throw FileError.last(isNew ? "create" : "open", path) }
    file = try OpenFile(owning: descriptor, path: path)
    try lock(LOCK_SH)
  }

  deinit {
    guard isNew, (try? file.currentSize) == 0, (try? lock(LOCK_EX)) != nil, isCurrent else {
      return
    }
    unlink(path)
  }

  /// The path it was opened by.
  package var path: String { file.path }

  /// Bytes that the file has now.
  package var size: Int {
    get throws(FileError) { try file.currentSize }
  }

  /// Keeps other processes out from now on.
  ///
  /// - Throws: `ConflictError` where one has the file open, `FileError` where the name leads to another file by now.
  package func beginWriting() throws {
    try lock(LOCK_EX)
    guard isCurrent else { throw FileError("rely on", path, .changed) }
  }

  /// Gives the file at least this size on the disk, what is new of it being zero.
  ///
  /// - Throws: `FileError`, with the reason `.noSpace` where the disk has no room. The file stays as it is.
  package func reserve(bytes: Int) throws(FileError) {
    guard try file.currentSize < bytes else { return }
    try file.reserve(bytes: bytes)
  }

  /// Takes everything out of the file.
  package func clear() throws(FileError) {
    guard ftruncate(file.descriptor, 0) == 0 else { throw .last("empty", path) }
  }

  /// Fills `buffer` with the bytes from `offset` on.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    try file.read(at: offset, into: buffer)
  }

  /// The bytes of a stretch.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    try file.bytes(at: offset, count: count)
  }

  /// Writes bytes at an offset.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    try file.write(bytes, at: offset)
  }

  /// Brings what was written to the disk.
  package func synchronize() throws(FileError) {
    guard flush(file.descriptor) == 0 else { throw .last("write", path) }
  }

  private var isCurrent: Bool {
    (try? FileStamp(path: path))?.isSameFile(as: file.stamp) == true
  }

  /// A file system without locks keeps nobody out.
  private func lock(_ kind: Int32) throws(ConflictError) {
    guard retryingInterrupted({ flock(file.descriptor, kind | LOCK_NB) }) != 0,
      systemErrorNumber == EWOULDBLOCK
    else { return }
    throw .locked(path)
  }
}
