#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Which file a path led to and what state it was in: enough to notice that two paths are one file,
/// or that a file was replaced or edited.
package struct FileStamp: Sendable, Hashable {
  /// The file system's number.
  package let device: UInt64
  /// The file's number on its file system.
  package let inode: UInt64
  /// In bytes.
  package let size: Int
  /// When the contents last changed. A program can set it to any time.
  package let modified: Time
  /// When the contents, the permissions, the owner or the names last changed. No program can set it.
  package let changed: Time
  /// What it is.
  package let kind: FileKind

  /// A time of the file system.
  package struct Time: Sendable, Hashable {
    /// Since 1970.
    package let seconds: Int
    /// Beyond the seconds.
    package let nanoseconds: Int

    init(_ time: timespec) {
      seconds = time.tv_sec
      nanoseconds = time.tv_nsec
    }
  }

  /// The stamp of what `path` leads to, or of the link itself where `followingLinks` is false.
  package init(path: String, followingLinks: Bool = true) throws(FileError) {
    var status = stat()
    let result = followingLinks ? stat(path, &status) : lstat(path, &status)
    guard result == 0 else { throw .last("examine", path) }
    self.init(status)
  }

  /// The stamp of what `path` leads to; nil where there is nothing.
  package static func ofExisting(
    path: String, followingLinks: Bool = true
  ) throws(FileError) -> FileStamp? {
    do {
      return try FileStamp(path: path, followingLinks: followingLinks)
    } catch {
      guard error.reason == .system(ENOENT) else { throw error }
      return nil
    }
  }

  init(descriptor: Int32, path: String) throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .last("examine", path) }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    size = Int(status.st_size)
    #if canImport(Darwin)
      modified = Time(status.st_mtimespec)
      changed = Time(status.st_ctimespec)
    #else
      modified = Time(status.st_mtim)
      changed = Time(status.st_ctim)
    #endif
    kind = FileKind(mode: mode_t(status.st_mode))
  }

  /// Neither a directory nor a pipe, device or link.
  package var isRegular: Bool { kind == .regular }

  /// Whether both stamps are of one file, whatever the paths that led to it.
  package func isSameFile(as other: FileStamp) -> Bool {
    device == other.device && inode == other.inode
  }

  /// How a file has changed between two stamps.
  package enum Change: Sendable {
    /// Not at all.
    case none
    /// Somebody changed its permissions, its owner or its names, or wrote to it and set its time back. Only a
    /// look at the contents tells which.
    case unclear
    /// It is another file, has another size, or was written to.
    case contents
  }

  /// What happened to the file since an earlier stamp.
  package func change(since earlier: FileStamp) -> Change {
    guard isSameFile(as: earlier), size == earlier.size, modified == earlier.modified,
      kind == earlier.kind
    else { return .contents }
    return changed == earlier.changed ? .none : .unclear
  }

  /// Throws where the file was touched since an earlier stamp: with the reason `.touched` where nobody may have
  /// written to it, else with `.changed`.
  ///
  /// - Parameter path: of the file, for the error.
  package func checkUnchanged(since earlier: FileStamp, at path: String) throws(FileError) {
    switch change(since: earlier) {
    case .none: return
    case .unclear: throw FileError("rely on", path, .touched)
    case .contents: throw FileError("rely on", path, .changed)
    }
  }
}
