import Codecs
import Foundation
import GGUF
import Testing
import TestSupport

/// What holds for every codec that only reads.
@Suite struct DecodeOnlyTests {
  static let goldens = Golden.folder.appending(path: "DecodeOnly")

  @Test(arguments: Codec.decodeOnly)
  func decodingMatchesTheReferenceBitForBit(codec: Codec) throws {
    let bytes = try #require(Golden.bytes("DecodeOnly/\(codec).random.bin"))
    let expected = try #require(Golden.floats("DecodeOnly/\(codec).random.f32"))
    #expect(bytes.count == codec.type.bytes(rows: codec.type.rowsPerGroup, columns: Golden.columns))
    let actual = codec.decode(bytes, columns: Golden.columns)
    let wrong = differences(expected, actual)
    if let first = wrong.first {
      Issue.record(
        """
        \(wrong.count) of \(expected.count) weights differ, first \(first) (row \
        \(first / Golden.columns)): expected \(expected[first]), got \(actual[first])
        """)
    }
  }

  @Test(arguments: Codec.decodeOnly)
  func anyBytesDecodeWithoutATrap(codec: Codec) throws {
    var random = SeededGenerator(seed: 15)
    let rows = codec.type.rowsPerGroup
    // The second length is not a multiple of two blocks.
    for columns in [256, 5 * codec.type.weightsPerBlock] {
      let size = try #require(codec.type.bytes(rows: rows, columns: columns))
      for fill: UInt8? in [0, 0xFF, 0x7F, 0x80, nil, nil, nil, nil] {
        let bytes = fill.map { [UInt8](repeating: $0, count: size) } ?? random.bytes(size)
        #expect(codec.decode(bytes, columns: columns).count == rows * columns)
      }
    }
  }

  @Test(arguments: Codec.decodeOnly)
  func aGroupIsDecodedTheSameWhateverStandsBesideIt(codec: Codec) throws {
    var random = SeededGenerator(seed: 16)
    let size = try #require(
      codec.type.bytes(rows: codec.type.rowsPerGroup, columns: Golden.columns))
    let bytes = random.bytes(2 * size)
    let both = codec.decode(bytes, columns: Golden.columns)
    let alone = codec.decode(Array(bytes.suffix(size)), columns: Golden.columns)
    #expect(differences(alone, Array(both.suffix(alone.count))).isEmpty)
  }

  @Test func noneIsOfferedForWriting() {
    #expect(Codec.decodeOnly.allSatisfy { !$0.canEncode && Codec.of($0.type) != nil })
    #expect(Codec.all.allSatisfy { $0.canEncode && $0.type.rowsPerGroup == 1 })
    #expect(Set(Codec.all.map(\.type)).isDisjoint(with: Codec.decodeOnly.map(\.type)))
  }

  @Test func everyTypeThatInterleavesRowsCanBeRead() {
    for type in TensorType.all where type.rowsPerGroup > 1 { #expect(Codec.of(type) != nil) }
  }

  @Test func everyCodecHasAFileAndGoldensOfItsNameAndTheyACodec() throws {
    let names = Set(Codec.decodeOnly.map(\.type.name))
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Codecs/DecodeOnly").standardized
    #expect(
      try Self.list(sources, suffix: ".swift").map { $0.lowercased() }.sorted()
        == names.map { $0.lowercased() }.sorted())
    #expect(try Self.list(Self.goldens, suffix: ".random.bin") == names)
    #expect(try Self.list(Self.goldens, suffix: ".random.f32") == names)
  }

  @Test func theTableOfTypesListsThem() throws {
    let page = Repository.file("docs/types.md")
    let text = try String(contentsOf: page, encoding: .utf8).replacing("\n", with: " ")
    let list = Codec.decodeOnly.map { "`\($0.type.name)`" }.joined(separator: ", ")
    #expect(text.contains(list), "the list should be: \(list)")
  }

  /// What stands before a suffix in the names of a folder's files.
  private static func list(_ folder: URL, suffix: String) throws -> Set<String> {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return Set(files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) })
  }
}
