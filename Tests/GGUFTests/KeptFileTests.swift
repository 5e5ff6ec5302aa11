import Foundation
import GGUF
import Testing
import TestSupport

@Suite("A file that stays from run to run") struct KeptFileTests {
  let directory = TemporaryDirectory()
  var path: String { directory("kept") }

  @Test("goes again where nothing was written to it, and stays otherwise") func empty() throws {
    do { _ = try KeptFile(path) }
    #expect(try directory.names() == [])
    do {
      let file = try KeptFile(path)
      try file.beginWriting()
      try [1, 2].withUnsafeBytes {
        try file.write(UnsafeRawBufferPointer(rebasing: $0[..<1]), at: 0)
      }
    }
    #expect(try contents(of: path) == [1])
    // An empty one that was given stays.
    try directory.write([], to: "given")
    do { _ = try KeptFile(directory("given")) }
    #expect(try directory.names() == ["given", "kept"])
  }

  @Test("is not written to by two") func locks() throws {
    let (first, second) = (try KeptFile(path), try KeptFile(path))
    #expect(throws: ConflictError.locked(path)) { try first.beginWriting() }
    withExtendedLifetime(second) {}
  }

  @Test("is not written to where its name leads to another by now") func moved() throws {
    let file = try KeptFile(path)
    try FileManager.default.moveItem(atPath: path, toPath: directory("moved"))
    let error = #expect(throws: FileError.self) { try file.beginWriting() }
    #expect(try #require(error).reason == .system(ENOENT) || error?.reason == .changed)
  }

  @Test("must be a regular file") func kinds() throws {
    mkdir(directory("folder"), 0o700)
    mkfifo(directory("pipe"), 0o600)
    #expect(throws: ConflictError.notRegular(directory("folder"), .folder)) {
      try KeptFile(directory("folder"))
    }
    #expect(throws: ConflictError.notRegular(directory("pipe"), .pipe)) {
      try KeptFile(directory("pipe"))
    }
    #expect(throws: FileError.self) { try KeptFile(directory("missing/kept")) }
    #expect(try directory.names() == ["folder", "pipe"])
  }
}
