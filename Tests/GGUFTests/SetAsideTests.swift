import Foundation
import GGUF
import Testing
import TestSupport

@Suite("A damaged file of ours") struct SetAsideTests {
  let directory = TemporaryDirectory()

  @Test("goes to a name that nothing has, and its companions with it") func names() throws {
    mkdir(directory("c.unreadable"), 0o700)
    try directory.write([7], to: "c.unreadable/file")
    try directory.write([8], to: "c.unreadable-2")
    symlink(directory("nowhere"), directory("c.unreadable-3"))
    try directory.write([9], to: "c.unreadable-4-wal")
    let path = try directory.write([1], to: "c")
    try directory.write([2], to: "c-wal")
    let aside = try SetAside.move(
      path, stamp: FileStamp(path: path), companions: ["-wal", "-shm"])
    #expect(aside == directory("c.unreadable-5"))
    #expect(try contents(of: aside) == [1])
    #expect(try contents(of: aside + "-wal") == [2])
    #expect(
      try directory.names() == [
        "c.unreadable", "c.unreadable-2", "c.unreadable-3", "c.unreadable-4-wal", "c.unreadable-5",
        "c.unreadable-5-wal",
      ])
    #expect(try contents(of: directory("c.unreadable/file")) == [7])
  }

  @Test("stays where another has taken its name meanwhile") func replaced() throws {
    let path = try directory.write([1], to: "c")
    let stamp = try FileStamp(path: path)
    rename(path, directory("moved"))
    try directory.write([2], to: "c")
    #expect(throws: FileError("move", path, .changed)) { try SetAside.move(path, stamp: stamp) }
    #expect(try directory.names() == ["c", "moved"])
  }
}
