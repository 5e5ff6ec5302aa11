#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A file being written beside its final name, as `OUTPUT.partial`.
///
/// It begins with a mark in place of its first bytes, which come last of all. Nothing that lacks the mark is ever
/// taken for one, but for a complete file whose beginning the journal knows.
struct PartialFile: Sendable {
  /// The name that the file gets when it is complete.
  let output: String
  private let side: SideFile

  /// Opens the file, and creates it where there is none.
  ///
  /// - Parameter seal: how the file begins if a run was ended just before it got its name.
  /// - Throws: `ConflictError` for a file that is not ours, `FileError`.
  init(output: String, seal: Journal.Seal?) throws {
    self.output = output
    // The journal's lock is of the first file of an output; another output may have this one among its own.
    side = try SideFile.locked(path: Self.path(of: output), for: output).0
    guard try Mark.partial.begins(file) || seal?.fits(file) == true else {
      throw ConflictError.notOurs(file.path, .unmarked)
    }
  }

  /// The temporary name of an output.
  static func path(of output: String) -> String { "\(output).partial" }

  /// The file under its present name.
  var file: OpenFile { side.file }
  /// Whether it was created just now.
  var isNew: Bool { side.isNew }

  /// Marks the file as ours.
  ///
  /// - Parameter isEmptied: whether what is in it goes.
  func mark(isEmptied: Bool) throws {
    if isEmptied, ftruncate(file.descriptor, 0) != 0 { throw FileError.last("empty", file.path) }
    try file.write(Mark.partial.bytes, at: 0)
  }

  /// Gives the file its full size on the disk; what is new of it is zero.
  func reserve(bytes: Int) throws(FileError) { try file.reserve(bytes: bytes) }

  /// Writes the file's contents to the disk, and drops them from memory so that reading them again
  /// tells what the disk holds.
  func synchronize() throws(FileError) {
    guard flush(file.descriptor) == 0 else { throw .last("write", file.path) }
    forgetCached(file.descriptor)
  }

  /// Puts the file's own beginning in place of the mark.
  ///
  /// - Parameter bytes: the first of the file, as many as the mark has, or all where the file is shorter.
  func unmark(_ bytes: ArraySlice<UInt8>) throws {
    try file.write(Array(bytes), at: 0)
    if bytes.count < Mark.length, ftruncate(file.descriptor, off_t(bytes.count)) != 0 {
      throw FileError.last("shorten", file.path)
    }
    try synchronize()
  }

  /// Gives the file its final name, and the permissions of a file that it replaces.
  func rename() throws(FileError) {
    var replaced = stat()
    if stat(output, &replaced) == 0 {
      // Not every file system has permissions to give.
      _ = fchmod(file.descriptor, mode_t(replaced.st_mode) & 0o777)
    }
    guard renameFile(file.path, output) == 0 else { throw .last("rename", file.path) }
  }

  /// Lets other processes have the file.
  func unlock() { side.unlock() }

  /// Deletes the file, unless its name leads to another one by now.
  func remove() { side.remove() }
}

/// `rename`, by a name that `PartialFile.rename` does not hide.
private func renameFile(_ old: String, _ new: String) -> Int32 { rename(old, new) }

extension Journal.Seal {
  /// The seal of a file of which these are the first bytes.
  init(_ bytes: [UInt8]) {
    self.init(count: bytes.count, digest: bytes.withUnsafeBytes { ContentDigest(of: $0) })
  }

  /// Whether a file begins so.
  func fits(_ file: OpenFile) throws -> Bool {
    guard count > 0, count <= (try file.currentSize), count <= FileHeader.byteLimit else {
      return false
    }
    let bytes = try file.bytes(at: 0, count: count)
    return Journal.Seal(bytes) == self
  }
}
