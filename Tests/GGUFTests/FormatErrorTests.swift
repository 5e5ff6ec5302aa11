import GGUF
import Testing
import TestSupport

/// One malformed file for each way in which a single file can be wrong; those of sets of shards are
/// in `ShardTests`.
@Suite struct FormatErrorTests {
  let directory = TemporaryDirectory()

  /// What opening the bytes complains about.
  func problem(_ bytes: [UInt8]) -> FormatError.Problem? {
    let error = #expect(throws: FormatError.self) { try directory.open(bytes) }
    return error?.problem
  }

  /// What opening the small file complains about after a change to it.
  func problem(_ change: (inout GGUFFixture) -> Void) -> FormatError.Problem? {
    var fixture = GGUFFixture.small
    change(&fixture)
    return problem(fixture.bytes)
  }

  // The file as a whole.

  @Test func empty() { #expect(problem([]) == .empty) }

  @Test func notGGUF() { #expect(problem { $0.magic = Array("GGML".utf8) } == .notGGUF) }

  @Test func byteSwapped() {
    #expect(problem { $0.version = (3 as UInt32).byteSwapped } == .byteSwapped)
  }

  @Test(arguments: [0, 1, 4] as [UInt32]) func version(_ version: UInt32) {
    #expect(problem { $0.version = version } == .version(version))
  }

  @Test func endsEarly() {
    #expect(problem(Array("GGUF".utf8)) == .endsEarly(needed: 4))
    #expect(problem(Array("GG".utf8)) == .endsEarly(needed: 2))
  }

  @Test(arguments: [1 << 63, 1 << 32, 100] as [UInt64]) func keyCount(_ count: UInt64) {
    #expect(problem { $0.declaredKeyCount = count } == .keyCount(count))
  }

  @Test(arguments: [1 << 63, 1 << 32, 100] as [UInt64]) func tensorCount(_ count: UInt64) {
    #expect(problem { $0.declaredTensorCount = count } == .tensorCount(count))
  }

  // Metadata.

  @Test func keyTooLong() {
    var bytes = GGUFFixture.small.bytes
    bytes.replaceSubrange(24..<32, with: [0, 0, 0, 0, 0, 0, 0, 0x80])
    #expect(problem(bytes) == .keyTooLong(1 << 63))
  }

  @Test func emptyKey() { #expect(problem { $0.keys.append(.uint32("", 1)) } == .emptyKey) }

  @Test func keyNotText() { #expect(problem { $0.keys[0].name = [0x61, 0xFF] } == .keyNotText) }

  @Test func duplicateKey() {
    #expect(problem { $0.keys.append($0.keys[1]) } == .duplicateKey("llama.block_count"))
  }

  @Test func unknownValueKind() {
    #expect(problem { $0.keys[1].kind = 13 } == .unknownValueKind(key: "llama.block_count", id: 13))
    #expect(
      problem { $0.keys[1] = .array("k", of: 99, count: 0, []) }
        == .unknownValueKind(key: "k", id: 99))
  }

  @Test func nestedArray() {
    #expect(
      problem { $0.keys[1] = .array("k", of: 9, count: 0, []) } == .nestedArray(key: "k"))
  }

  @Test(arguments: [1 << 63, .max, 1 << 32, 2000] as [UInt64])
  func valueTooLong(_ count: UInt64) {
    for kind in MetadataValue.Kind.allCases {
      #expect(
        problem { $0.keys[1] = .array("k", of: kind.rawValue, count: count, []) }
          == .valueTooLong(key: "k", count: count))
    }
    var length: [UInt8] = []
    length.put(count)
    #expect(
      problem { $0.keys[1] = GGUFFixture.Key("k", kind: 8, payload: length) }
        == .valueTooLong(key: "k", count: count))
  }

  @Test func alignmentKind() {
    #expect(problem { $0.keys.append(.uint16("general.alignment", 32)) } == .alignmentKind)
  }

  @Test(arguments: [0, 3, 48, 1 << 21, 1 << 30] as [UInt32]) func alignment(_ alignment: UInt32) {
    #expect(
      problem { $0.keys.append(.uint32("general.alignment", alignment)) }
        == .alignment(Int(alignment)))
  }

  // Tensors.

  @Test(arguments: [0, 64, 1000]) func tensorNameLength(_ length: Int) {
    #expect(
      problem { $0.tensors[0].name = [UInt8](repeating: 0x61, count: length) }
        == .tensorNameLength(length))
  }

  @Test func tensorNameNotText() {
    #expect(problem { $0.tensors[0].name = [0xC3, 0x28] } == .tensorNameNotText)
  }

  @Test func duplicateTensor() {
    #expect(
      problem { $0.tensors[1].name = $0.tensors[0].name } == .duplicateTensor("blk.0.norm.weight"))
  }

  @Test(arguments: [0, 5, 1 << 31] as [UInt32]) func dimensionCount(_ count: UInt32) {
    #expect(
      problem { $0.tensors[0].declaredDimensionCount = count }
        == .dimensionCount(tensor: "blk.0.norm.weight", Int(count)))
  }

  @Test(arguments: [0, -1, .min] as [Int64]) func dimension(_ dimension: Int64) {
    #expect(
      problem { $0.tensors[0].dimensions[0] = dimension }
        == .dimension(tensor: "blk.0.norm.weight", Int(dimension)))
  }

  @Test(
    arguments: [
      [1 << 62, 4], [1 << 61], [1 << 60, 1, 2], [1 << 31, 1 << 31, 2], [.max],
      // Fits an Int by itself but not after a header.
      [(1 << 61) - 1],
    ] as [[Int64]])
  func tooLarge(_ dimensions: [Int64]) {
    #expect(
      problem { $0.tensors[0].dimensions = dimensions } == .tooLarge(tensor: "blk.0.norm.weight"))
  }

  @Test(arguments: [4, 5, 31, 32, 33, 36, 37, 38, .max] as [UInt32]) func unknownType(_ id: UInt32)
  {
    #expect(
      problem { $0.tensors[0].type = id } == .unknownType(tensor: "blk.0.norm.weight", id: id))
  }

  @Test func rowLength() {
    #expect(
      problem { $0.tensors[1].dimensions = [33, 3] }
        == .rowLength(tensor: "blk.0.a.weight", columns: 33, .Q8_0))
  }

  @Test func rowCount() {
    #expect(
      problem { $0.tensors[1].type = TensorType.Q8_0_R8.id }
        == .rowCount(tensor: "blk.0.a.weight", rows: 3, .Q8_0_R8))
  }

  /// Overlapping, leaving a gap, unaligned, beyond everything.
  @Test(arguments: [0, 64, 33, .max] as [UInt64]) func tensorOffset(_ offset: UInt64) {
    #expect(
      problem { $0.tensors[1].declaredOffset = offset }
        == .tensorOffset(tensor: "blk.0.a.weight", found: offset, expected: 32))
  }

  @Test func tensorPastEnd() throws {
    let bytes = GGUFFixture.small.bytes
    let last = try directory.open(bytes).tensors[2]
    let end = last.offset + last.byteCount
    #expect(
      problem(Array(bytes[..<(end - 1)]))
        == .tensorPastEnd(tensor: last.name, end: end, fileSize: end - 1))
  }

  // Messages.

  @Test func theMessageNamesFileTensorAndPlace() throws {
    let path = directory("model.gguf")
    var fixture = GGUFFixture.small
    fixture.tensors[0].type = 31
    let error = #expect(throws: FormatError.self) { try directory.open(fixture.bytes) }
    let place = try #require(error?.offset)
    #expect(Array(fixture.bytes[(place + 8)...].prefix(5)) == Array("blk.0".utf8))
    #expect(
      error?.description == """
        \(path): the tensor "blk.0.norm.weight" is of type 31, which is unknown or was removed \
        from GGUF (at byte \(place))
        """)
  }

  @Test func namesCannotDisturbTheTerminal() {
    let problem = FormatError.Problem.duplicateKey("a\u{1B}[2J\n\u{202E}b")
    #expect(
      problem.description.hasPrefix(#"the metadata key "a\u{1b}[2J\u{a}\u{202e}b" occurs twice"#))
  }
}
