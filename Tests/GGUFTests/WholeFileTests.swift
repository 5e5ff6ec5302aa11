import GGUF
import Testing
import TestSupport

@Suite("Files written from memory") struct WholeFileTests {
  let directory = TemporaryDirectory()

  @Test("a file is written, and replaced only where that is allowed") func writing() throws {
    let path = directory("file")
    try WholeFile.write([1, 2, 3], to: path)
    #expect(try contents(of: path) == [1, 2, 3])
    #expect(throws: ConflictError.exists(path)) { try WholeFile.write([4], to: path) }
    try WholeFile.write([4], to: path, overwrite: true)
    #expect(try contents(of: path) == [4])
    #expect(try directory.names() == ["file"])
  }
}
