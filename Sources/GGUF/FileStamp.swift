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
  /// Time of the last change, in seconds since 1970 and nanoseconds beyond.
  package let modifiedSeconds: Int
  /// See `modifiedSeconds`.
  package let modifiedNanoseconds: Int
  let kind: mode_t

  /// The stamp of what `path` leads to, or of the link itself where `followingLinks` is false.
  package init(path: String, followingLinks: Bool = true) throws(FileError) {
    var status = stat()
    let result = followingLinks ? stat(path, &status) : lstat(path, &status)
    guard result == 0 else { throw .last("examine", path) }
    self.init(status)
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
      let modified = status.st_mtimespec
    #else
      let modified = status.st_mtim
    #endif
    modifiedSeconds = modified.tv_sec
    modifiedNanoseconds = modified.tv_nsec
    kind = mode_t(status.st_mode) & S_IFMT
  }

  /// Neither a directory nor a pipe, device or link.
  package var isRegular: Bool { kind == S_IFREG }

  /// Whether both stamps are of one file, whatever the paths that led to it.
  package func isSameFile(as other: FileStamp) -> Bool {
    device == other.device && inode == other.inode
  }
}
