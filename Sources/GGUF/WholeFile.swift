/// Files that are written from memory, whole or not at all.
package enum WholeFile {
  /// Writes a file such that nothing incomplete ever bears its name.
  ///
  /// - Parameters:
  ///   - bytes: what the file is to hold, at least one byte.
  ///   - inputs: the files it is made from, which must exist; it must be none of them.
  ///   - overwrite: whether a file of that name may be replaced.
  /// - Throws: `ConflictError` or `FileError`.
  package static func write(
    _ bytes: [UInt8], to path: String, inputs: [String] = [], overwrite: Bool = false
  ) throws {
    let partial = try PartialFile(output: path, inputs: inputs, overwrite: overwrite)
    do {
      try partial.reserve(bytes: bytes.count)
      try bytes.withUnsafeBytes { try partial.file.write($0, at: 0) }
      try partial.synchronize()
      try partial.publish()
    } catch {
      partial.remove()
      throw error
    }
  }

  /// Checks that a file could be written now, for commands whose work takes long before they write.
  ///
  /// - Throws: `ConflictError` or `FileError`.
  package static func checkWritable(
    _ path: String, inputs: [String], overwrite: Bool
  ) throws {
    try PartialFile(output: path, inputs: inputs, overwrite: overwrite).remove()
  }
}
