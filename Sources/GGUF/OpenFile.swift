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
  package init(reading path: String) throws(FileError) {
    // Opening a pipe would wait for a writer if it were not for O_NONBLOCK, which regular files
    // ignore.
    let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor != -1 else { throw .last("open", path) }
    do {
      stamp = try FileStamp(descriptor: descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    guard stamp.isRegular else {
      close(descriptor)
      throw FileError("read", path, .notRegular)
    }
    self.path = path
    self.descriptor = descriptor
  }

  /// Takes over a descriptor that was opened elsewhere.
  init(owning descriptor: Int32, path: String, stamp: FileStamp) {
    self.path = path
    self.stamp = stamp
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Checks that the path still leads to this file, and that nobody has written to it since.
  package func checkUnchanged() throws(FileError) {
    guard try FileStamp(path: path) == stamp else { throw FileError("rely on", path, .changed) }
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

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let count = retryingInterrupted {
        pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      }
      guard count != -1 else { throw .last("write", path) }
      done += count
    }
  }
}
