import Foundation
import GGUF
import Testing
import TestSupport

@Suite struct ModelFileTests {
  let directory = TemporaryDirectory()

  @Test func readsWhatTheFileSays() throws {
    let file = try directory.open(GGUFFixture.small.bytes)
    #expect(file.version == 3)
    #expect(file.alignment == 32)
    #expect(file.metadata.entries.map(\.key) == ["general.architecture", "llama.block_count"])
    #expect(file.metadata["general.architecture"]?.string == "llama")
    #expect(file.tensors.map { Array($0.name.utf8) } == GGUFFixture.small.tensors.map(\.name))
    for (tensor, expected) in zip(file.tensors, GGUFFixture.small.tensors) {
      #expect(try file.data(of: tensor) == expected.data)
    }
  }

  @Test func versionTwoIsReadLikeVersionThree() throws {
    var fixture = GGUFFixture.small
    fixture.version = 2
    let file = try directory.open(fixture.bytes)
    #expect(file.version == 2)
    #expect(file.tensors.count == 3)
  }

  @Test func aTensorIsRowsInSlices() throws {
    let file = try directory.open(GGUFFixture.small.bytes)
    let tensor = try #require(file["blk.0.b.weight"])
    #expect((tensor.columns, tensor.rows) == (256, 4))
    #expect((tensor.rowsPerSlice, tensor.slices) == (2, 2))
    #expect((tensor.rowBytes, tensor.byteCount) == (132, 528))
    #expect(tensor.elements == 1024)
    #expect(file["blk.1.b.weight"] == nil)
  }

  @Test func rowsAreReadWhole() throws {
    let file = try directory.open(GGUFFixture.small.bytes)
    let tensor = try #require(file["blk.0.b.weight"])
    var rows = [UInt8](repeating: 0, count: 2 * tensor.rowBytes)
    try rows.withUnsafeMutableBytes { try file.readRows(tensor, rows: 1..<3, into: $0) }
    #expect(rows == Array(GGUFFixture.small.tensors[2].data[132..<396]))
  }

  @Test func aStatedAlignmentHolds() throws {
    var fixture = GGUFFixture.small
    fixture.keys.append(.uint32("general.alignment", 256))
    fixture.alignment = 256
    let file = try directory.open(fixture.bytes)
    #expect(file.alignment == 256)
    #expect(file.tensors.allSatisfy { $0.offset % 256 == 0 })
    #expect(try file.data(of: file.tensors[2]) == fixture.tensors[2].data)
  }

  @Test func dataAfterTheLastTensorNeedNotBePadded() throws {
    let bytes = GGUFFixture.small.bytes
    #expect(try directory.open(bytes.dropLast(16)).tensors.count == 3)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: FileError.self) { try ModelFile(path: directory("none.gguf")) }
    let path = directory("none.gguf")
    #expect(error?.description == "cannot open \(path): No such file or directory")
  }

  @Test func aDirectoryIsNotRead() {
    #expect(throws: FileError("read", directory.path, .notRegular)) {
      try ModelFile(path: directory.path)
    }
  }

  @Test func aPipeIsNotWaitedFor() {
    #expect(mkfifo(directory("pipe.gguf"), 0o600) == 0)
    #expect(throws: FileError("read", directory("pipe.gguf"), .notRegular)) {
      try ModelFile(path: directory("pipe.gguf"))
    }
  }

  @Test func aFileThatBecomesShorterIsNoticed() throws {
    let file = try directory.open(GGUFFixture.small.bytes)
    try file.checkUnchanged()
    _ = try file.data(of: file.tensors[2])
    truncate(file.path, off_t(file.tensors[2].offset + 1))
    #expect(throws: FileError.self) { try file.checkUnchanged() }
    let error = #expect(throws: FileError.self) { try file.data(of: file.tensors[2]) }
    let end = file.tensors[2].offset + file.tensors[2].byteCount
    #expect(error?.reason == .endsEarly(at: end))
  }

  @Test func aFileThatIsReplacedIsNoticed() throws {
    let file = try directory.open(GGUFFixture.small.bytes)
    try FileManager.default.removeItem(atPath: file.path)
    try directory.write(GGUFFixture.small.bytes, to: "model.gguf")
    #expect(throws: FileError("rely on", file.path, .changed)) { try file.checkUnchanged() }
    #expect(throws: FileError("read", file.path, .changed)) {
      try file.data(of: file.tensors[0])
    }
  }
}
