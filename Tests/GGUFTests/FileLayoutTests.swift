import GGUF
import Testing
import TestSupport

@Suite struct FileLayoutTests {
  @Test func sizesAreKnownBeforeAnythingIsWritten() throws {
    var metadata = Metadata()
    metadata["a"] = .strings(["xy", ""])
    let layout = try FileLayout(
      metadata: metadata,
      tensors: [("t", [256, 3], .IQ4_KSS), ("u", [5], .F32), ("v", [32], .Q8_0)])
    // 24; key 8 + 1, kind, element kind and count 16, strings 10 + 8; entries 41, 33, 33.
    #expect(layout.headerBytes == 192)
    #expect(layout.tensors.map(\.byteCount) == [3 * (4 + 128), 20, 34])
    #expect(layout.tensors.map(\.offset) == [192, 608, 640])
    #expect(layout.fileBytes == 704)
    #expect(layout.encodedHeader().count == 192)
  }

  @Test func theHeaderIsWhatTheFixtureHolds() throws {
    let directory = TemporaryDirectory()
    let bytes = GGUFFixture.small.bytes
    let file = try directory.open(bytes)
    let layout = try FileLayout(
      metadata: file.metadata, tensors: file.tensors.map { ($0.name, $0.shape, $0.type) })
    #expect(layout.tensors == file.tensors)
    #expect(layout.encodedHeader() == Array(bytes[..<layout.headerBytes]))
    #expect(layout.fileBytes == bytes.count)
  }

  @Test func aFileWithoutTensorsIsItsHeader() throws {
    let layout = try FileLayout(metadata: Metadata(), tensors: [])
    #expect(layout.headerBytes == 32)
    #expect(layout.fileBytes == 32)
  }

  @Test func theMetadataSetsTheAlignment() throws {
    var metadata = Metadata()
    metadata["general.alignment"] = .uint32(4096)
    let layout = try FileLayout(metadata: metadata, tensors: [("t", [1], .F32), ("u", [1], .F32)])
    #expect(layout.tensors.map(\.offset) == [4096, 8192])
    #expect(layout.fileBytes == 12288)
  }

  @Test func rulesOfTheFormatHold() {
    func problem(
      _ tensors: [(name: String, shape: [Int], type: TensorType)]
    ) -> FormatError.Problem? {
      #expect(throws: FormatError.Problem.self) {
        try FileLayout(metadata: Metadata(), tensors: tensors)
      }
    }
    #expect(problem([("", [1], .F32)]) == .tensorNameLength(0))
    #expect(problem([("t", [1], .F32), ("t", [2], .F32)]) == .duplicateTensor("t"))
    #expect(problem([("t", [], .F32)]) == .dimensionCount(tensor: "t", 0))
    #expect(problem([("t", [3, 0], .F32)]) == .dimension(tensor: "t", 0))
    #expect(problem([("t", [48], .Q8_0)]) == .rowLength(tensor: "t", columns: 48, .Q8_0))
    #expect(problem([("t", [1 << 62], .F32)]) == .tooLarge(tensor: "t"))
    // Each fits an Int, their sum does not.
    #expect(problem([("t", [1 << 60], .F32), ("u", [1 << 60], .F32)]) == .tooLarge(tensor: "u"))

    var metadata = Metadata()
    metadata["general.alignment"] = .uint32(24)
    #expect(throws: FormatError.Problem.alignment(24)) {
      try FileLayout(metadata: metadata, tensors: [])
    }
  }
}
