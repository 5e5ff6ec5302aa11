import Foundation
import GGUF
import Testing
import TestSupport

@Suite struct ModelFileWriterTests {
  let directory = TemporaryDirectory()

  var layout: FileLayout {
    get throws {
      var metadata = Metadata()
      metadata["general.architecture"] = .string("llama")
      metadata["tokens"] = .strings(["a", "", "bc"])
      return try FileLayout(
        metadata: metadata,
        tensors: [
          ("norm", [5], .F32), ("ffn", [256, 4, 2], .IQ4_KSS), ("out", [64, 300], .Q8_0),
        ])
    }
  }

  /// The data of each tensor of the layout, always the same.
  var data: [[UInt8]] {
    get throws {
      var generator = SeededGenerator(seed: 3)
      return try layout.tensors.map { generator.bytes($0.byteCount) }
    }
  }

  func fill(_ writer: ModelFileWriter) throws {
    for (index, bytes) in try data.enumerated() {
      try bytes.withUnsafeBytes { try writer.write($0, tensor: index, at: 0) }
    }
  }

  func finished(_ name: String, overwrite: Bool = false) throws -> String {
    let writer = try ModelFileWriter(path: directory(name), layout: layout, overwrite: overwrite)
    try fill(writer)
    try writer.finish()
    return directory(name)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let path = try finished("out.gguf")
    let file = try ModelFile(path: path)
    #expect(file.metadata == (try layout.metadata))
    #expect(file.tensors == (try layout.tensors))
    for (tensor, bytes) in zip(file.tensors, try data) {
      #expect(try file.data(of: tensor) == bytes)
    }
    #expect(try contents(of: path).count == layout.fileBytes)
    #expect(try directory.names() == ["out.gguf"])
  }

  @Test func metadataOfEveryKindIsCopiedVerbatim() throws {
    var fixture = GGUFFixture.small
    // By id; bytes of FE are neither Booleans nor usual numbers.
    let sizes: [UInt32: Int] = [
      0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8,
    ]
    for (kind, size) in sizes.sorted(by: { $0.key < $1.key }) {
      let pair = [UInt8](repeating: 0xFE, count: 2 * size)
      fixture.keys.append(.init("one.\(kind)", kind: kind, payload: Array(pair[..<size])))
      fixture.keys.append(.array("two.\(kind)", of: kind, count: 2, pair))
    }
    fixture.keys.append(.string("text", [0xFF, 0, 0x61]))
    let source = try directory.open(fixture.bytes)
    let writer = try ModelFileWriter(
      path: directory("copy.gguf"),
      layout: FileLayout(
        metadata: source.metadata, tensors: source.tensors.map { ($0.name, $0.shape, $0.type) }))
    for (index, tensor) in source.tensors.enumerated() {
      try source.data(of: tensor).withUnsafeBytes { try writer.write($0, tensor: index, at: 0) }
    }
    try writer.finish()
    #expect(try contents(of: directory("copy.gguf")) == fixture.bytes)
  }

  @Test func partsInAnyOrderFromManyThreadsGiveTheSameFile() throws {
    let expected = try contents(of: finished("whole.gguf"))
    let writer = try ModelFileWriter(path: directory("parts.gguf"), layout: layout)
    let data = try data
    var parts: [(tensor: Int, range: Range<Int>)] = []
    for (index, bytes) in data.enumerated() {
      for start in stride(from: 0, to: bytes.count, by: 37) {
        parts.append((index, start..<min(start + 37, bytes.count)))
      }
    }
    var generator = SeededGenerator(seed: 5)
    parts.shuffle(using: &generator)
    DispatchQueue.concurrentPerform(iterations: parts.count) { [parts] part in
      let (tensor, range) = parts[part]
      Array(data[tensor][range]).withUnsafeBytes { bytes in
        #expect(throws: Never.self) {
          try writer.write(bytes, tensor: tensor, at: range.lowerBound)
        }
      }
    }
    try writer.finish()
    #expect(try contents(of: directory("parts.gguf")) == expected)
  }

  @Test func thePartialFileHasItsFullSizeAndAMarkInsteadOfItsHeader() throws {
    let writer = try ModelFileWriter(path: directory("out.gguf"), layout: layout)
    try fill(writer)
    #expect(try directory.names() == ["out.gguf.partial", "out.gguf.partial.journal"])
    let bytes = try contents(of: directory("out.gguf.partial"))
    #expect(bytes.count == (try layout.fileBytes))
    #expect(String(decoding: bytes[..<24], as: UTF8.self) == "Ration: unfinished file\n")
    #expect(bytes[24..<(try layout.headerBytes)].allSatisfy { $0 == 0 })
    try writer.finish()
    #expect(try directory.names() == ["out.gguf"])
  }

  @Test func abandoningLeavesNothing() throws {
    let writer = try ModelFileWriter(path: directory("out.gguf"), layout: layout)
    try fill(writer)
    writer.abandon()
    #expect(try directory.names() == [])
    do {
      let forgotten = try ModelFileWriter(path: directory("out.gguf"), layout: layout)
      try fill(forgotten)
    }
    #expect(try directory.names() == [])
  }

  // Verification.

  /// The problem that `finish` reports; nothing must bear the final name then.
  func problem(of writer: ModelFileWriter) throws -> VerificationError.Problem? {
    let error = #expect(throws: VerificationError.self) { try writer.finish() }
    #expect(try directory.names() == ["out.gguf.partial", "out.gguf.partial.journal"])
    writer.abandon()
    #expect(try directory.names() == [])
    return error?.problem
  }

  /// Changes a byte of the partial file behind the writer's back.
  func corrupt(at offset: Int) throws {
    let handle = try #require(FileHandle(forUpdatingAtPath: directory("out.gguf.partial")))
    try handle.seek(toOffset: UInt64(offset))
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: UInt64(offset))
    try handle.write(contentsOf: [byte ^ 0x10])
    try handle.close()
  }

  @Test(arguments: [0, 1, 500, 20399]) func aChangedByteIsFound(_ byte: Int) throws {
    let writer = try ModelFileWriter(path: directory("out.gguf"), layout: layout)
    try fill(writer)
    let tensor = try layout.tensors[2]
    try corrupt(at: tensor.offset + byte)
    #expect(try problem(of: writer) == .changed(tensor: "out", 0..<20400))
  }

  @Test func changedPaddingIsFound() throws {
    let writer = try ModelFileWriter(path: directory("out.gguf"), layout: layout)
    try fill(writer)
    let place = try layout.tensors[0].offset + 20
    try corrupt(at: place)
    #expect(try problem(of: writer) == .paddingChanged(at: place))
  }

  @Test func aFileCutShortIsFound() throws {
    let writer = try ModelFileWriter(path: directory("out.gguf"), layout: layout)
    try fill(writer)
    truncate(directory("out.gguf.partial"), off_t(try layout.fileBytes - 1))
    #expect(try problem(of: writer) == .headerChanged)
  }

  @Test func dataThatIsMissingOrOverlapsIsFound() throws {
    let missing = try ModelFileWriter(path: directory("out.gguf"), layout: layout)
    let data = try data
    try data[0].withUnsafeBytes { try missing.write($0, tensor: 0, at: 0) }
    try data[1][..<100].withUnsafeBytes { try missing.write($0, tensor: 1, at: 0) }
    #expect(try problem(of: missing) == .incomplete(tensor: "ffn", at: 100))

    let twice = try ModelFileWriter(path: directory("out.gguf"), layout: layout)
    try fill(twice)
    try data[1][..<8].withUnsafeBytes { try twice.write($0, tensor: 1, at: 16) }
    #expect(try problem(of: twice) == .incomplete(tensor: "ffn", at: 16))
  }

  @Test func aPartWrittenAgainReplacesTheFirst() throws {
    let expected = try contents(of: finished("whole.gguf"))
    let writer = try ModelFileWriter(path: directory("out.gguf"), layout: layout)
    let zeros = [UInt8](repeating: 0, count: try layout.tensors[1].byteCount)
    try zeros.withUnsafeBytes { try writer.write($0, tensor: 1, at: 0) }
    try fill(writer)
    try writer.finish()
    #expect(try contents(of: directory("out.gguf")) == expected)
  }
}
