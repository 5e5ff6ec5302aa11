#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The files of one output under their temporary names, and their journal, until all of them get their names together.
///
/// A file that is complete but for its first bytes still bears the mark. Then the journal notes how each file begins,
/// each gets its beginning, and each its name; at last the journal goes. Wherever a run ends in between, the next one
/// knows what it finds.
final class StagedFiles: Sendable {
  let journal: Journal
  let files: [PartialFile]
  /// What a run that was ended has left of the same output.
  let earlier: Journal.Contents?
  /// Whether such a run has left something of another output under the same name.
  let discardsEarlier: Bool
  private let overwrite: Bool

  /// Opens the files.
  ///
  /// - Parameters:
  ///   - outputs: their final names, at least one.
  ///   - inputs: files that no name may lead to, which must exist.
  ///   - overwrite: whether files of these names may be replaced.
  ///   - key: what the output is to be; what was left of another is begun anew, and so is everything without a key.
  /// - Throws: `ConflictError` or `FileError`. Nothing has been changed then.
  convenience init(
    _ outputs: [String], inputs: [String], overwrite: Bool, key: ContentDigest, resumes: Bool
  ) throws {
    try self.init(outputs, inputs: inputs, overwrite: overwrite, key: resumes ? key : nil)
    do {
      for file in files { try file.mark(isEmptied: earlier == nil) }
      if earlier == nil { try journal.begin(key) }
    } catch {
      removeNew()
      throw error
    }
  }

  /// Checks that an output could be written now.
  ///
  /// - Throws: `ConflictError` or `FileError`.
  static func check(_ outputs: [String], inputs: [String], overwrite: Bool) throws {
    try StagedFiles(outputs, inputs: inputs, overwrite: overwrite, key: nil).removeNew()
  }

  private init(
    _ outputs: [String], inputs: [String], overwrite: Bool, key: ContentDigest?
  ) throws {
    self.overwrite = overwrite
    for output in outputs where output.isEmpty { throw FileError("create", output, .noName) }
    for input in inputs { _ = try FileStamp(path: input) }
    // Without a journal nothing can be left of an output that is there.
    let canContinue = isTaken(Journal.path(of: outputs[0]))
    for path in [Journal.path(of: outputs[0])] + outputs.map(PartialFile.path(of:)) {
      guard let stamp = try? FileStamp(path: path) else { continue }
      try Self.checkIsNone(of: inputs, stamp, path: path)
    }
    for output in outputs {
      try Self.checkReplaceable(output, inputs: inputs, overwrite: overwrite || canContinue)
    }
    let journal = try Journal(of: outputs[0])
    self.journal = journal
    var files: [PartialFile] = []
    do {
      let isSame = key != nil && journal.contents.key == key
      earlier = isSame ? journal.contents : nil
      discardsEarlier = !isSame && !journal.contents.tensors.isEmpty
      if isSame {
        for (output, seal) in Self.seals(journal.contents, outputs) {
          try Self.takeBack(output, seal)
        }
      }
      for output in outputs {
        // Another run may have completed the output before we had the lock.
        try Self.checkReplaceable(output, inputs: inputs, overwrite: overwrite)
      }
      for (index, output) in outputs.enumerated() {
        files.append(try PartialFile(output: output, seal: journal.contents.seals[index]))
      }
    } catch {
      for file in files where file.isNew { file.remove() }
      if journal.side.isNew || Self.isPublished(journal.contents, outputs) { journal.side.remove() }
      throw error
    }
    self.files = files
  }

  /// Gives all files their beginnings and their names, for good.
  ///
  /// - Parameters:
  ///   - beginnings: the first bytes of each file, at least as many as the mark has, or all.
  ///   - check: called when the files are complete, before any has its name.
  /// - Returns: what is uncertain, in a sentence; mostly nil.
  /// - Throws: Until all have their names. The next run goes on from there.
  func publish(_ beginnings: [[UInt8]], check: () throws -> Void = {}) throws -> String? {
    for file in files {
      try Self.checkReplaceable(file.output, inputs: [], overwrite: overwrite)
    }
    for (index, bytes) in beginnings.enumerated() {
      try journal.append(Journal.Seal(bytes), file: index)
    }
    for (file, bytes) in zip(files, beginnings) { try file.unmark(bytes.prefix(Mark.length)) }
    try check()
    for file in files { try file.rename() }
    journal.side.remove()
    return Self.synchronizeDirectory(of: files[0].output)
  }

  /// What the user should know of how the files are kept, in a sentence; mostly nil.
  var note: String? {
    journal.isLocked
      ? nil
      : "the file system has no locks, so let no other process write \(files[0].output.escaped)"
  }

  /// Lets go of the files as they are, so that the same output can be gone on with.
  func suspend() { journal.side.unlock() }

  /// Deletes the files and the journal, unless their names lead to others by now.
  func remove() {
    for file in files { file.remove() }
    journal.side.remove()
  }

  /// Deletes what was not there before.
  private func removeNew() {
    for file in files where file.isNew { file.remove() }
    if journal.side.isNew { journal.side.remove() }
  }
}

// MARK: What may be replaced

/// Whether anything has this name, a dangling link included.
private func isTaken(_ path: String) -> Bool {
  (try? FileStamp(path: path, followingLinks: false)) != nil
}

extension StagedFiles {
  private static func checkReplaceable(
    _ output: String, inputs: [String], overwrite: Bool
  ) throws {
    guard isTaken(output) else { return }
    if let target = try? FileStamp(path: output) {
      try checkIsNone(of: inputs, target, path: output)
      guard target.isRegular else { throw ConflictError.notRegular(output) }
    }
    guard overwrite else { throw ConflictError.exists(output) }
  }

  private static func checkIsNone(of inputs: [String], _ stamp: FileStamp, path: String) throws {
    for input in inputs where try FileStamp(path: input).isSameFile(as: stamp) {
      throw ConflictError.isInput(output: path, input: input)
    }
  }
}

// MARK: After a run that was ended between the names

extension StagedFiles {
  private static func seals(
    _ contents: Journal.Contents, _ outputs: [String]
  ) -> [(String, Journal.Seal)] {
    outputs.enumerated().compactMap { index, output in
      contents.seals[index].map { (output, $0) }
    }
  }

  /// Whether a run was ended when every file had its name and only the journal was left.
  private static func isPublished(_ contents: Journal.Contents, _ outputs: [String]) -> Bool {
    let sealed = seals(contents, outputs)
    return sealed.count == outputs.count
      && sealed.allSatisfy { (try? hasName($0, $1)) == true }
  }

  /// Gives a file its temporary name back, where the run that gave it its own was ended before it was done.
  private static func takeBack(_ output: String, _ seal: Journal.Seal) throws {
    guard try hasName(output, seal) else { return }
    let path = PartialFile.path(of: output)
    guard rename(output, path) == 0 else { throw FileError.last("rename", output) }
  }

  private static func hasName(_ output: String, _ seal: Journal.Seal) throws -> Bool {
    guard let stamp = try? FileStamp(path: output, followingLinks: false), stamp.isRegular,
      !isTaken(PartialFile.path(of: output))
    else { return false }
    return try seal.fits(OpenFile(reading: output))
  }

  private static func synchronizeDirectory(of path: String) -> String? {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = retryingInterrupted { open(directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY) }
    let isDone = descriptor != -1 && flush(descriptor) == 0
    let reason = systemErrorNumber
    if descriptor != -1 { close(descriptor) }
    // Some network file systems cannot do this to a directory and say so with EINVAL.
    guard !isDone, reason != EINVAL else { return nil }
    return "\(path.escaped) is complete, but its name may not outlast a power failure: the folder "
      + "cannot be written to the disk (\(systemErrorText(reason)))"
  }
}
