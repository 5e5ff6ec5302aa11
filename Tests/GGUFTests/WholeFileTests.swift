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

  @Test("an input is never written to") func inputs() throws {
    let input = try directory.write([1], to: "input")
    #expect(throws: ConflictError.isInput(output: input, input: input)) {
      try WholeFile.write([2], to: input, inputs: [input], overwrite: true)
    }
    #expect(try contents(of: input) == [1])
  }

  @Test("an input that is not there is an error that leaves nothing behind") func missingInput()
    throws
  {
    #expect(throws: FileError.self) {
      try WholeFile.write([1], to: directory("file"), inputs: [directory("missing")])
    }
    #expect(try directory.names().isEmpty)
  }

  @Test("asking whether a file could be written leaves nothing behind") func asking() throws {
    try WholeFile.checkWritable(directory("new"), inputs: [], overwrite: false)
    #expect(try directory.names().isEmpty)
    let path = try directory.write([1], to: "old")
    #expect(throws: ConflictError.exists(path)) {
      try WholeFile.checkWritable(path, inputs: [], overwrite: false)
    }
    try WholeFile.checkWritable(path, inputs: [], overwrite: true)
    #expect(try contents(of: path) == [1])
    #expect(throws: FileError.self) {
      try WholeFile.checkWritable(directory("missing/new"), inputs: [], overwrite: false)
    }
  }
}
