import Foundation
import GGUF
import Testing
import TestSupport

/// Outputs that must not be written to. Whatever happens, the files that were there stay as they
/// are.
@Suite struct ConflictTests {
  let directory = TemporaryDirectory()

  var layout: FileLayout {
    get throws { try FileLayout(metadata: Metadata(), tensors: [("t", [1], .F32)]) }
  }

  func writer(
    _ name: String, overwrite: Bool = false
  ) throws -> ModelFileWriter {
    try ModelFileWriter(path: directory(name), layout: layout, overwrite: overwrite)
  }

  func finish(_ writer: ModelFileWriter) throws {
    try ([1, 2, 3, 4] as [UInt8]).withUnsafeBytes { try writer.write($0, tensor: 0, at: 0) }
    try writer.finish()
  }

  @Test func exists() throws {
    try directory.write([1], to: "out.gguf")
    #expect(throws: ConflictError.exists(directory("out.gguf"))) { try writer("out.gguf") }
    #expect(try contents(of: directory("out.gguf")) == [1])
    #expect(try directory.names() == ["out.gguf"])
  }

  @Test func anOverwrittenFileStaysUntilTheEnd() throws {
    try directory.write([1], to: "out.gguf")
    let writer = try writer("out.gguf", overwrite: true)
    #expect(try contents(of: directory("out.gguf")) == [1])
    try finish(writer)
    #expect(try contents(of: directory("out.gguf")).count == layout.fileBytes)
  }

  @Test func aFileThatAppearsMeanwhileIsNotReplaced() throws {
    let writer = try writer("out.gguf")
    try directory.write([1], to: "out.gguf")
    #expect(throws: ConflictError.exists(directory("out.gguf"))) { try finish(writer) }
    #expect(try contents(of: directory("out.gguf")) == [1])
  }

  @Test func aDanglingLinkCountsAsAFile() throws {
    symlink(directory("nowhere"), directory("out.gguf"))
    #expect(throws: ConflictError.exists(directory("out.gguf"))) { try writer("out.gguf") }
  }

  @Test(arguments: [false, true]) func notRegular(_ overwrite: Bool) throws {
    #expect(mkfifo(directory("pipe"), 0o600) == 0)
    for (name, kind) in [(".", FileKind.folder), ("pipe", .pipe), ("missing/", .folder)] {
      #expect(throws: ConflictError.notRegular(directory(name), kind)) {
        try writer(name, overwrite: overwrite)
      }
    }
    #expect(try directory.names() == ["pipe"])
    for path in ["/dev/null", "/dev/stdout"] {
      #expect(throws: ConflictError.self) {
        try ModelFileWriter(path: path, layout: layout, overwrite: overwrite)
      }
    }
  }

  @Test(
    "What has a temporary name and is not ours stays as it is",
    arguments: ["out.gguf.partial", "out.gguf.partial.journal"])
  func strangers(_ name: String) throws {
    let path = directory(name)
    let target = try directory.write([1], to: "precious")

    symlink(target, path)
    #expect(throws: ConflictError.notOurs(path, .notRegular)) { try writer("out.gguf") }
    unlink(path)
    mkdir(path, 0o700)
    #expect(throws: ConflictError.notOurs(path, .notRegular)) { try writer("out.gguf") }
    rmdir(path)
    link(target, path)
    #expect(throws: ConflictError.notOurs(path, .otherNames)) { try writer("out.gguf") }
    unlink(path)
    try directory.write([UInt8](repeating: 9, count: 1000), to: name)
    #expect(throws: ConflictError.notOurs(path, .unmarked)) { try writer("out.gguf") }
    #expect(try contents(of: path) == [UInt8](repeating: 9, count: 1000))
    #expect(throws: ConflictError.notOurs(path, .unmarked)) {
      try Reservation([directory("out.gguf")], overwrite: true)
    }

    #expect(try contents(of: target) == [1])
    #expect(try directory.names() == [name, "precious"])
  }

  @Test("A file that another user owns is not ours") func otherOwner() throws {
    // Only the superuser can give files away.
    guard geteuid() == 0 else { return }
    let path = try directory.write([], to: "out.gguf.partial")
    #expect(chown(path, 4321, 4321) == 0)
    #expect(throws: ConflictError.notOurs(path, .otherOwner)) { try writer("out.gguf") }
    #expect(try directory.names() == ["out.gguf.partial"])
  }

  @Test func locked() throws {
    let first = try writer("out.gguf")
    #expect(throws: ConflictError.locked(directory("out.gguf"))) { try writer("out.gguf") }
    try finish(first)
    #expect(throws: ConflictError.exists(directory("out.gguf"))) { try writer("out.gguf") }
    #expect(try directory.names() == ["out.gguf"])
  }

  @Test func whatADeadProcessLeftIsTakenOver() throws {
    do {
      let writer = try writer("out.gguf")
      try ([9, 9] as [UInt8]).withUnsafeBytes { try writer.write($0, tensor: 0, at: 0) }
      writer.suspend()
    }
    #expect(try directory.names() == ["out.gguf.partial", "out.gguf.partial.journal"])
    try finish(writer("out.gguf"))
    #expect(try contents(of: directory("out.gguf")).count == layout.fileBytes)
    #expect(try directory.names() == ["out.gguf"])
  }

  @Test("A process that ended before it had marked its file does not stand in the way")
  func unmarkedYet() throws {
    try directory.write([], to: "out.gguf.partial")
    try directory.write(Array("Ration: jou".utf8), to: "out.gguf.partial.journal")
    try finish(writer("out.gguf"))
    #expect(try directory.names() == ["out.gguf"])
  }

  @Test("A file that is replaced keeps its permissions", arguments: [0o600, 0o640, 0o777])
  func permissions(_ mode: Int) throws {
    try directory.write([1], to: "out.gguf")
    chmod(directory("out.gguf"), mode_t(mode))
    try finish(writer("out.gguf", overwrite: true))
    let attributes = try FileManager.default.attributesOfItem(atPath: directory("out.gguf"))
    #expect(attributes[.posixPermissions] as? Int == mode)
  }

  @Test("An empty name is refused before any work") func noName() throws {
    let expected = FileError("create", "", .noName)
    #expect(throws: expected) { try ModelFileWriter(path: "", layout: layout) }
    #expect(throws: expected) { try Reservation([""], overwrite: true) }
  }

  @Test func aMissingDirectoryIsNamed() {
    let error = #expect(throws: FileError.self) { try writer("no/out.gguf") }
    #expect(error?.path == directory("no/out.gguf.partial.journal"))
    #expect(error?.reason == .system(ENOENT))
  }

  @Test func lackOfSpaceIsSeenBeforeAnythingIsWritten() throws {
    let layout = try FileLayout(metadata: Metadata(), tensors: [("t", [1 << 50], .I8)])
    let error = #expect(throws: FileError.self) {
      try ModelFileWriter(path: directory("out.gguf"), layout: layout)
    }
    #expect(try directory.names() == [])
    switch error?.reason {
    case .noSpace(let needed, let available):
      #expect(needed == layout.fileBytes)
      #expect(available > 0 && available < needed)
    case let reason:
      // A file system may refuse so large a file for its size alone.
      #expect(reason == .system(EFBIG))
    }
  }
}
