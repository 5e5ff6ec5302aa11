#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Moves a damaged file of ours out of the way, to a name that nothing has. Nothing is ever deleted or replaced.
package enum SetAside {
  /// What the new name ends in, before a number where one is needed.
  static let suffix = ".unreadable"

  /// Moves a file.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - stamp: what it was when it was found damaged. Another file under its name is left alone.
  ///   - companions: endings of the names of files that belong to it. They move with it.
  /// - Returns: Its new name.
  /// - Throws: `FileError`.
  package static func move(
    _ path: String, stamp: FileStamp, companions: [String] = []
  ) throws(FileError) -> String {
    guard try FileStamp(path: path).isSameFile(as: stamp) else {
      throw FileError("move", path, .changed)
    }
    let aside = try claim(path, companions)
    // What is replaced is the empty file that holds the name for us.
    guard rename(path, aside) == 0 else {
      let error = FileError.last("rename", path)
      unlink(aside)
      throw error
    }
    for companion in companions { _ = rename(path + companion, aside + companion) }
    return aside
  }

  /// Creates an empty file under the first name that is free, together with those of the companions.
  private static func claim(_ path: String, _ companions: [String]) throws(FileError) -> String {
    var number = 1
    while true {
      let aside = path + suffix + (number == 1 ? "" : "-\(number)")
      number += 1
      guard companions.allSatisfy({ !isTaken(aside + $0) }) else { continue }
      let descriptor = retryingInterrupted {
        open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      }
      if descriptor != -1 {
        close(descriptor)
        return aside
      }
      guard systemErrorNumber == EEXIST else { throw .last("create", aside) }
    }
  }
}
