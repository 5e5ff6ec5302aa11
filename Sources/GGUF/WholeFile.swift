#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Files that are written from memory, whole or not at all.
package enum WholeFile {
  /// Writes a file such that nothing incomplete ever bears its name.
  ///
  /// - Parameters:
  ///   - bytes: what the file is to hold, at least one byte.
  ///   - reservation: the output, of one file. It is no longer held afterwards.
  /// - Returns: What is uncertain about the file although it is complete, in a sentence; mostly nil.
  /// - Throws: `ConflictError` or `FileError`.
  @discardableResult
  package static func write(_ bytes: [UInt8], to reservation: Reservation) throws -> String? {
    let staged = try StagedFiles(
      reservation, key: bytes.withUnsafeBytes { ContentDigest(of: $0) })
    do {
      let partial = staged.files[0]
      try partial.reserve(bytes: max(bytes.count, Mark.length))
      try partial.file.write(Array(bytes.dropFirst(Mark.length)), at: Mark.length)
      try partial.synchronize()
      return try staged.publish([bytes])
    } catch {
      staged.remove()
      throw error
    }
  }

  /// Removes a file that `write` has written, and what a run that was ended while it wrote the file has left beside it.
  ///
  /// - Throws: `ConflictError` where another process writes the file, or `FileError`.
  package static func remove(_ path: String) throws {
    let reservation = try Reservation([path], overwrite: true)
    let staged = try StagedFiles(reservation, key: ContentDigest(of: path))
    defer { staged.remove() }
    guard unlink(path) == 0 || errno == ENOENT else { throw FileError.last("remove", path) }
  }
}
