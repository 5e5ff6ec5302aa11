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

  /// Opens the files of an output that is held.
  ///
  /// - Parameter key: what the output is to be; what was left of another is begun anew.
  /// - Throws: `ConflictError` or `FileError`. Nothing has been changed then, and the output is no longer held.
  init(_ reservation: Reservation, key: ContentDigest) throws {
    overwrite = reservation.overwrite
    journal = reservation.journal
    let isSame = reservation.resumes && journal.contents.key == key
    earlier = isSame ? journal.contents : nil
    discardsEarlier = !isSame && !journal.contents.tensors.isEmpty
    var files: [PartialFile] = []
    do {
      if isSame { try reservation.takeBack() }
      for (index, output) in reservation.outputs.enumerated() {
        // Something may have appeared meanwhile.
        try Reservation.checkReplaceable(output, overwrite: overwrite)
        files.append(try PartialFile(output: output, seal: journal.contents.seals[index]))
      }
      for file in files { try file.mark(isEmptied: !isSame) }
      if !isSame { try journal.begin(key) }
    } catch {
      for file in files where file.isNew { file.remove() }
      reservation.release()
      throw error
    }
    self.files = files
    reservation.handOver()
  }

  /// Gives all files their beginnings and their names, for good.
  ///
  /// - Parameters:
  ///   - beginnings: the first bytes of each file, at least as many as the mark has, or all.
  ///   - check: called when the files are complete, before any has its name.
  /// - Returns: what is uncertain, in a sentence; mostly nil.
  /// - Throws: Until all have their names. The next run goes on from there.
  func publish(_ beginnings: [[UInt8]], check: () throws -> Void = {}) throws -> String? {
    for file in files { try Reservation.checkReplaceable(file.output, overwrite: overwrite) }
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
  func suspend() {
    for file in files { file.unlock() }
    journal.side.unlock()
  }

  /// Deletes the files and the journal, unless their names lead to others by now.
  func remove() {
    for file in files { file.remove() }
    journal.side.remove()
  }

  private static func synchronizeDirectory(of path: String) -> String? {
    let directory = LinkPath.split(path).folder
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
