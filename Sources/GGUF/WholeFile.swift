/// Files that are written from memory, whole or not at all.
package enum WholeFile {
  /// Writes a file such that nothing incomplete ever bears its name.
  ///
  /// - Parameters:
  ///   - bytes: what the file is to hold, at least one byte.
  ///   - inputs: the files it is made from, which must exist; it must be none of them.
  ///   - overwrite: whether a file of that name may be replaced.
  /// - Returns: What is uncertain about the file although it is complete, in a sentence; mostly nil.
  /// - Throws: `ConflictError` or `FileError`.
  @discardableResult
  package static func write(
    _ bytes: [UInt8], to path: String, inputs: [String] = [], overwrite: Bool = false
  ) throws -> String? {
    let staged = try StagedFiles(
      [path], inputs: inputs, overwrite: overwrite,
      key: bytes.withUnsafeBytes { ContentDigest(of: $0) }, resumes: false)
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

  /// Checks that a file could be written now, for commands whose work takes long before they write.
  ///
  /// - Throws: `ConflictError` or `FileError`.
  package static func checkWritable(
    _ path: String, inputs: [String], overwrite: Bool
  ) throws {
    try StagedFiles.check([path], inputs: inputs, overwrite: overwrite)
  }
}
