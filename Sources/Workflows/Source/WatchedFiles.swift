import GGUF
import Synchronization

/// Files that long work reads, as they were when it began.
///
/// A file whose permissions or names were changed meanwhile, as by a backup that makes hard links, need not have been
/// written to. Its contents are looked at again then, so hours of work are not lost for nothing.
final class WatchedFiles: Sendable {
  private struct File {
    let path: String
    var stamp: FileStamp
    let digest: ContentDigest
  }

  private let files: Mutex<[File]>

  /// Reads the files.
  ///
  /// - Throws: `FileError`, or `Interrupted`.
  init(_ paths: [String], _ session: Session) throws {
    files = Mutex(
      try paths.map { path in
        let file = try OpenFile(reading: path)
        return File(
          path: path, stamp: file.stamp,
          digest: try ContentDigest(of: file, pause: session.interruption.check))
      })
  }

  /// The digests of their contents, in their order.
  var digests: [ContentDigest] { files.withLock { $0.map(\.digest) } }

  /// Checks that they still have the same contents.
  ///
  /// - Throws: `FileError` where one has not, or `Interrupted`.
  func checkUnchanged(_ session: Session) throws {
    try files.withLock { files in
      for (index, file) in files.enumerated() {
        switch try FileStamp(path: file.path).change(since: file.stamp) {
        case .none: continue
        case .contents: throw FileError("rely on", file.path, .changed)
        case .unclear:
          let opened = try OpenFile(reading: file.path)
          guard
            try ContentDigest(of: opened, pause: session.interruption.check) == file.digest
          else { throw FileError("rely on", file.path, .changed) }
          files[index].stamp = opened.stamp
        }
      }
    }
  }
}
