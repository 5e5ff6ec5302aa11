import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The files of a model, opened when they are first read and only a few kept open: a model of 300
/// shards must not exhaust a process's descriptors.
final class ShardFiles: Sendable {
  let paths: [String]
  private let stamps: [FileStamp]
  /// The open files, the one used last at the end.
  private let open = Mutex<[(shard: Int, file: OpenFile)]>([])

  /// Files kept open between reads. A read holds on to its file, so that putting it out of this
  /// list does not close it under the reader.
  private static let capacity = 8

  init(paths: [String], stamps: [FileStamp]) {
    self.paths = paths
    self.stamps = stamps
  }

  /// The file of a shard, open for reading.
  ///
  /// - Throws: Also where the file is no longer the one whose header was read.
  func file(of shard: Int) throws(FileError) -> OpenFile {
    try open.withLock { open throws(FileError) in
      if let position = open.lastIndex(where: { $0.shard == shard }) {
        let entry = open.remove(at: position)
        open.append(entry)
        return entry.file
      }
      let file = try Self.open(paths[shard], makingRoomIn: &open)
      // What is unclear is judged in the end, by `checkUnchanged`.
      guard file.stamp.change(since: stamps[shard]) != .contents else {
        throw FileError("read", paths[shard], .changed)
      }
      if open.count == Self.capacity { open.removeFirst() }
      open.append((shard, file))
      return file
    }
  }

  /// Opens a file. Where the process may have no more files open, those that are kept open make room.
  private static func open(
    _ path: String, makingRoomIn open: inout [(shard: Int, file: OpenFile)]
  ) throws(FileError) -> OpenFile {
    while true {
      do {
        return try OpenFile(reading: path)
      } catch {
        guard error.reason == .system(EMFILE), !open.isEmpty else { throw error }
        open.removeFirst()
      }
    }
  }

  /// - Throws: If any file is not in the state in which it was opened.
  func checkUnchanged() throws(FileError) {
    for (path, stamp) in zip(paths, stamps) {
      try FileStamp(path: path).checkUnchanged(since: stamp, at: path)
    }
  }
}
