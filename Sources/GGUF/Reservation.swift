import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An output that is held from before the work until it is written. Another process that would write it is refused
/// at once. Whoever writes an output needs one.
///
/// What is held is the lock of the output's journal. The journal goes when the reservation does, unless a run before
/// has left something in it.
package final class Reservation: Sendable {
  /// The names of the files, at least one. They get their names together.
  package let outputs: [String]
  /// Whether files of these names may be replaced.
  let overwrite: Bool
  /// Whether what an earlier run left of the same output is gone on with.
  let resumes: Bool
  let journal: Journal
  private let isHeld = Mutex(true)

  /// Holds an output.
  ///
  /// - Throws: `ConflictError` where it must not be written, `FileError` where it cannot be. Nothing has been changed
  ///   then.
  package init(_ outputs: [String], overwrite: Bool = false, resumes: Bool = false) throws {
    self.outputs = outputs
    self.overwrite = overwrite
    self.resumes = resumes
    // Without a journal nothing can be left of an output that is there.
    let mayBeLeft = isTaken(Journal.path(of: outputs[0]))
    for output in outputs {
      try Self.checkReplaceable(output, overwrite: overwrite || mayBeLeft)
    }
    journal = try Journal(of: outputs[0])
    do {
      // Another run may have completed the output before we had the lock. What a run that resumes may take back is
      // judged when it knows what it writes.
      for output in outputs where !(resumes && mayBeLeft) {
        try Self.checkReplaceable(output, overwrite: overwrite)
      }
      for (index, output) in outputs.enumerated() where isTaken(PartialFile.path(of: output)) {
        _ = try PartialFile(output: output, seal: journal.contents.seals[index])
      }
    } catch {
      release()
      throw error
    }
  }

  deinit { release() }

  /// Lets go of the output, unless it was written or left for a later run.
  func release() {
    guard end() else { return }
    if journal.isIdle || isPublished { journal.side.remove() } else { journal.side.unlock() }
  }

  /// Leaves the lock, and the journal, to whoever writes the output.
  func handOver() { _ = end() }

  private func end() -> Bool {
    isHeld.withLock { isHeld in
      defer { isHeld = false }
      return isHeld
    }
  }

  /// Checks that an output has a name, and that nothing stands there that must stay.
  ///
  /// - Throws: `ConflictError`; `FileError` for an empty name.
  static func checkReplaceable(_ output: String, overwrite: Bool) throws {
    guard !output.isEmpty else { throw FileError("create", output, .noName) }
    guard !output.hasSuffix("/") else { throw ConflictError.notRegular(output, .folder) }
    guard isTaken(output) else { return }
    if let target = try? FileStamp(path: output), !target.isRegular {
      throw ConflictError.notRegular(output, target.kind)
    }
    // Links such as /dev/stdout may lead to a regular file today. They are the system's.
    guard !["/dev", "/proc"].contains(LinkPath.split(output).folder) else {
      throw ConflictError.notRegular(output, .device)
    }
    guard overwrite else { throw ConflictError.exists(output) }
  }
}

/// Whether anything has this name, a dangling link included.
func isTaken(_ path: String) -> Bool {
  (try? FileStamp(path: path, followingLinks: false)) != nil
}

// MARK: After a run that was ended between the names

extension Reservation {
  /// How files begin that an earlier run had completed, by their names.
  private var seals: [(output: String, seal: Journal.Seal)] {
    outputs.enumerated().compactMap { index, output in
      journal.contents.seals[index].map { (output, $0) }
    }
  }

  /// Whether a run was ended when every file had its name and only the journal was left.
  private var isPublished: Bool {
    seals.count == outputs.count
      && seals.allSatisfy { (try? Self.hasName($0.output, $0.seal)) == true }
  }

  /// Gives the files their temporary names back that an earlier run of the same output had named before it was ended.
  func takeBack() throws {
    for (output, seal) in seals where try Self.hasName(output, seal) {
      guard rename(output, PartialFile.path(of: output)) == 0 else {
        throw FileError.last("rename", output)
      }
    }
  }

  private static func hasName(_ output: String, _ seal: Journal.Seal) throws -> Bool {
    guard let stamp = try? FileStamp(path: output, followingLinks: false), stamp.isRegular,
      !isTaken(PartialFile.path(of: output))
    else { return false }
    return try seal.fits(OpenFile(reading: output))
  }
}
