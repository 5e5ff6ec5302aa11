extension ContentDigest {
  /// The SHA-256 of a file's bytes.
  ///
  /// - Parameter pause: called between pieces of the file; what it throws ends the work.
  /// - Throws: `FileError`, or what `pause` throws.
  package init(of file: OpenFile, pause: () throws -> Void = {}) throws {
    var hasher = ContentHasher()
    try file.readPieces(of: 0..<file.stamp.size) { piece in
      try pause()
      hasher.add(piece)
    }
    self = hasher.finish()
  }
}
