package import Threads

/// A file of an output that bears its name already, as a process other than this one has written it.
package struct CompletedFile: Sendable {
  package let path: String
  /// What the file is to hold.
  package let layout: FileLayout
  /// The SHA-256 of each tensor of the layout, as it was written.
  package let digests: [ContentDigest]

  package init(path: String, layout: FileLayout, digests: [ContentDigest]) {
    self.path = path
    self.layout = layout
    self.digests = digests
  }

  /// Whether a file of the right size is there.
  package var isThere: Bool {
    (try? FileStamp(path: path)).map { $0.isRegular && $0.size == layout.fileBytes } ?? false
  }

  /// Reads the file back, every byte.
  ///
  /// - Parameters:
  ///   - workers: The threads, a tensor each at a time.
  ///   - pause: Called between pieces; what it throws ends the work.
  ///   - check: Shown all rows of all tensors.
  /// - Throws: `VerificationError`, `FileError`.
  package func verify(
    by workers: Workers, pause: @escaping @Sendable () throws -> Void,
    checking check: @escaping ModelFileWriter.RowCheck
  ) throws {
    let verification = Verification(
      file: try OpenFile(reading: path), layout: layout, digests: digests)
    try verification.checkHeader()
    let tensors = layout.tensors
    try workers.forEach(tensors.count) { item in
      try verification.checkTensor(item) { rows, bytes in
        try pause()
        try check(tensors[item], rows, bytes)
      }
    }
  }
}
