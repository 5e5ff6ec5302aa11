#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A file being written beside its final name, locked against other writers.
///
/// The lock is the system's (`flock`), not the file's mere existence: it goes when its process
/// does, however that ends, and the next run takes the abandoned file over.
final class PartialFile: Sendable {
  /// The name that the file gets when it is complete.
  let output: String
  /// The file under its present name, `OUTPUT.partial`.
  let file: OpenFile
  private let overwrite: Bool

  /// Creates the file, empty.
  ///
  /// - Parameter inputs: Files that neither name may lead to, which must exist.
  /// - Throws: `ConflictError` or `FileError`. Nothing has been changed then.
  init(output: String, inputs: [String], overwrite: Bool) throws {
    self.output = output
    self.overwrite = overwrite
    for input in inputs { _ = try FileStamp(path: input) }
    try Self.checkFree(output, inputs: inputs, overwrite: overwrite)
    file = try Self.lock("\(output).partial", output: output)
    try Self.checkIsNone(of: inputs, file.stamp, path: file.path)
    do {
      // Another run may have completed the output between the first check and the lock.
      try Self.checkFree(output, inputs: inputs, overwrite: overwrite)
      guard ftruncate(file.descriptor, 0) == 0 else { throw FileError.last("empty", file.path) }
    } catch {
      remove()
      throw error
    }
  }

  /// Gives the file its full size, all zeros, on the disk.
  func reserve(bytes: Int) throws(FileError) {
    let error = GGUF.reserve(file.descriptor, bytes: bytes)
    guard error != 0 else { return }
    guard error == ENOSPC else { throw FileError("reserve space for", file.path, .system(error)) }
    // What the attempt itself has taken counts as free.
    _ = ftruncate(file.descriptor, 0)
    throw FileError(
      "reserve space for", file.path,
      .noSpace(needed: bytes, available: freeBytes(file.descriptor)))
  }

  /// Writes the file's contents to the disk, and drops them from memory so that reading them again
  /// tells what the disk holds.
  func synchronize() throws(FileError) {
    guard flush(file.descriptor) == 0 else { throw .last("write", file.path) }
    forgetCached(file.descriptor)
  }

  /// Gives the file its final name, for good.
  func publish() throws {
    try Self.checkFree(output, inputs: [], overwrite: overwrite)
    guard rename(file.path, output) == 0 else { throw FileError.last("rename", file.path) }
    flock(file.descriptor, LOCK_UN)
    try Self.synchronizeDirectory(of: output)
  }

  /// Deletes the file, unless its name leads to another one by now.
  func remove() {
    if let stamp = try? FileStamp(path: file.path, followingLinks: false),
      stamp.isSameFile(as: file.stamp)
    {
      unlink(file.path)
    }
    flock(file.descriptor, LOCK_UN)
  }
}

extension PartialFile {
  private static func checkFree(_ output: String, inputs: [String], overwrite: Bool) throws {
    guard isTaken(output) else { return }
    if let target = try? FileStamp(path: output) {
      try checkIsNone(of: inputs, target, path: output)
      guard target.isRegular else { throw ConflictError.notRegular(output) }
    }
    guard overwrite else { throw ConflictError.exists(output) }
  }

  /// Whether anything has this name, a dangling link included.
  private static func isTaken(_ path: String) -> Bool {
    (try? FileStamp(path: path, followingLinks: false)) != nil
  }

  private static func checkIsNone(of inputs: [String], _ stamp: FileStamp, path: String) throws {
    for input in inputs where try FileStamp(path: input).isSameFile(as: stamp) {
      throw ConflictError.isInput(output: path, input: input)
    }
  }

  private static func lock(_ path: String, output: String) throws -> OpenFile {
    while true {
      let descriptor = retryingInterrupted {
        open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
      }
      guard descriptor != -1 else { throw FileError.last("create", path) }
      let file: OpenFile
      do {
        let stamp = try FileStamp(descriptor: descriptor, path: path)
        file = OpenFile(owning: descriptor, path: path, stamp: stamp)
      } catch {
        close(descriptor)
        throw error
      }
      guard file.stamp.isRegular else { throw FileError("create", path, .notRegular) }
      guard retryingInterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
        throw systemErrorNumber == EWOULDBLOCK
          ? ConflictError.locked(output) : FileError.last("lock", path)
      }
      // The writer before us may have renamed or deleted the file between our opening and our
      // locking it; what we hold is then its output, or nothing.
      if let named = try? FileStamp(path: path, followingLinks: false),
        named.isSameFile(as: file.stamp)
      {
        return file
      }
    }
  }

  private static func synchronizeDirectory(of path: String) throws(FileError) {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = retryingInterrupted { open(directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY) }
    guard descriptor != -1 else { throw .last("open", directory) }
    defer { close(descriptor) }
    // Some network file systems cannot do this to a directory and say so with EINVAL.
    guard flush(descriptor) == 0 || systemErrorNumber == EINVAL else {
      throw .last("write", directory)
    }
  }
}
