#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An open file, closed when its last holder lets go of it.
///
/// Reads and writes name their offset, so any number of threads can use it at once. Files are read
/// with `pread`, not mapped: a mapped file that another process truncates kills the reader.
package final class OpenFile: Sendable {
  /// The path it was opened by.
  package let path: String
  /// The file's state when it was opened.
  package let stamp: FileStamp
  let descriptor: Int32

  /// Opens a regular file for reading.
  package convenience init(reading path: String) throws(FileError) {
    // Opening a pipe would wait for a writer if it were not for O_NONBLOCK, which regular files
    // ignore.
    let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor != -1 else { throw .last("open", path) }
    try self.init(owning: descriptor, path: path)
    guard stamp.isRegular else { throw FileError("read", path, .notRegular) }
  }

  /// Takes over a descriptor that was opened elsewhere.
  init(owning descriptor: Int32, path: String) throws(FileError) {
    do {
      stamp = try FileStamp(descriptor: descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Checks that the path still leads to this file, and that nobody has touched it since.
  ///
  /// - Throws: `FileError`, as `FileStamp.checkUnchanged(since:at:)`.
  package func checkUnchanged() throws(FileError) {
    try FileStamp(path: path).checkUnchanged(since: stamp, at: path)
  }

  /// Fills `buffer` with the bytes from `offset` on.
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = retryingInterrupted {
        pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      }
      guard count != -1 else { throw .last("read", path) }
      guard count > 0 else { throw FileError("read", path, .endsEarly(at: offset + buffer.count)) }
      done += count
    }
  }

  /// Bytes that the file has now.
  var currentSize: Int {
    get throws(FileError) { try FileStamp(descriptor: descriptor, path: path).size }
  }

  /// The bytes of a stretch.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBytes { try read(at: offset, into: $0) }
    return bytes
  }

  /// Reads a stretch of any length through a small buffer, and hands the pieces over in order.
  func readPieces(
    of range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let size = min(range.count, 1 << 20)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
    defer { buffer.deallocate() }
    for start in stride(from: range.lowerBound, to: range.upperBound, by: max(size, 1)) {
      let count = min(size, range.upperBound - start)
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
      try read(at: start, into: piece)
      try body(UnsafeRawBufferPointer(piece))
    }
  }

  func write(_ bytes: [UInt8], at offset: Int) throws {
    try bytes.withUnsafeBytes { try write($0, at: offset) }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = retryingInterrupted {
        pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      }
      guard count != -1 else { throw .last("write", path) }
      // Files do not do this; a file system that does would keep us here for ever.
      guard count > 0 else { throw FileError("write", path, .nothingWritten) }
      done += count
    }
  }

  /// Gives the file this size on the disk; what is new of it is zero.
  ///
  /// - Throws: `FileError`, with the reason `.noSpace` where the disk has no room. The file is no longer then than it was.
  func reserve(bytes: Int) throws(FileError) {
    let before = try currentSize
    let error = GGUF.reserve(descriptor, bytes: bytes)
    guard error != 0 else {
      if before > bytes, ftruncate(descriptor, off_t(bytes)) != 0 { throw .last("shorten", path) }
      return
    }
    // What the attempt itself has taken counts as free.
    _ = ftruncate(descriptor, off_t(before))
    guard error == ENOSPC else { throw FileError("reserve space for", path, .system(error)) }
    throw FileError(
      "reserve space for", path,
      .noSpace(needed: bytes, available: freeBytes(descriptor)))
  }
}
