#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Which file a path means, whether it exists or not. Two paths mean the same file if they lead to one by links of
/// either kind, or would create one.
///
/// Names that do not exist yet count as the same even if they differ in capitals or in how accents are written: some
/// file systems do not tell such names apart, and a file system cannot be asked without creating a file.
struct FileIdentity {
  private enum Name: Hashable {
    case existing(device: UInt64, inode: UInt64)
    /// A path below a folder that exists.
    case missing(device: UInt64, inode: UInt64, path: String)
    /// A path of which not even a folder exists.
    case unknown(path: String)

    init(_ stamp: FileStamp) { self = .existing(device: stamp.device, inode: stamp.inode) }
  }

  /// The file, and each link on the way to it.
  private var names: Set<Name> = []

  /// The file that a path means now.
  init(_ path: String) {
    for path in LinkPath.steps(from: path) {
      if let stamp = try? FileStamp(path: path, followingLinks: false) {
        names.insert(Name(stamp))
      } else {
        names.insert(Self.missing(path))
      }
    }
    if let stamp = try? FileStamp(path: path) { names.insert(Name(stamp)) }
  }

  /// Whether both paths mean one file.
  func isSame(as other: FileIdentity) -> Bool { !names.isDisjoint(with: other.names) }

  private static func missing(_ path: String) -> Name {
    var folder = path
    var rest: [Substring] = []
    repeat {
      let (parent, name) = LinkPath.split(folder)
      if name != "." { rest.insert(name, at: 0) }
      folder = parent
      if let stamp = try? FileStamp(path: folder) {
        return .missing(
          device: stamp.device, inode: stamp.inode,
          // Strings are equal if they are canonically equivalent.
          path: rest.joined(separator: "/").lowercased())
      }
    } while folder != "." && folder != "/"
    return .unknown(path: path)
  }
}

/// How paths lead from link to link.
enum LinkPath {
  /// The path, and where each link leads that it is or leads to, one after the other.
  static func steps(from path: String) -> [String] {
    var steps = [path]
    // As many links as Linux follows.
    while steps.count <= 40, let target = target(of: steps[steps.count - 1]) {
      steps.append(target)
    }
    return steps
  }

  /// The folder of a path, and the name in it.
  static func split(_ path: String) -> (folder: String, name: Substring) {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let name = path[path.index(after: slash)...]
    return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
  }

  /// Where a link leads; nil for what is none.
  private static func target(of path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = buffer.withUnsafeMutableBytes {
      readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    guard count > 0 else { return nil }
    let target = String(decoding: buffer[..<count], as: UTF8.self)
    return target.hasPrefix("/") ? target : split(path).folder + "/" + target
  }
}
