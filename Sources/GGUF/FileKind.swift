#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a path leads to.
package enum FileKind: String, Sendable {
  case regular = "a regular file"
  case folder = "a folder"
  case link = "a link"
  case pipe = "a pipe"
  case device = "a device"
  case socket = "a socket"
  case unknown = "no regular file"

  /// - Parameter mode: as `stat` gives it.
  init(mode: mode_t) {
    self =
      switch mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFCHR, S_IFBLK: .device
      case S_IFSOCK: .socket
      default: .unknown
      }
  }
}
