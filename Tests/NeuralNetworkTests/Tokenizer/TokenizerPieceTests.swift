import NeuralNetwork
import Testing

@Suite("Pre-tokenizer") struct TokenizerPieceTests {
  static func pieces(_ name: String, of text: ArraySlice<UInt8>) throws -> [[UInt8]] {
    let preTokenizer = try #require(PreTokenizer.named[name])
    let scanned = ScannedText(text)
    var pieces: [[UInt8]] = []
    preTokenizer.forEachPiece(of: scanned) { pieces.append(Array(scanned[$0])) }
    return pieces
  }

  @Test("Each expression cuts as the reference's")
  func agrees() throws {
    let fixture = try tokenizerFixture("pieces.json", as: [String: [String]].self)
    for (name, expected) in fixture {
      let text = Array(expected.joined().utf8)
      let found = try Self.pieces(name, of: text[...]).map { String(decoding: $0, as: UTF8.self) }
      // Not by `==` of strings, to which é and e + ´ are equal.
      #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(name)")
    }
  }

  @Test("Every pre-tokenizer cuts as one in the fixtures does")
  func allAreCovered() throws {
    let fixture = try tokenizerFixture("pieces.json", as: [String: [String]].self)
    let covered = fixture.keys.compactMap { PreTokenizer.named[$0] }
    #expect(covered.count == fixture.count)
    for (name, preTokenizer) in PreTokenizer.named {
      #expect(covered.contains { $0.cuts(like: preTokenizer) }, "\(name)")
    }
  }

  @Test("The pieces are the text, whatever it is", arguments: PreTokenizer.named.keys.sorted())
  func piecesAreTheText(_ name: String) throws {
    let text: [UInt8] =
      Array("a\u{300} \u{2028}\n'LL 12½ \u{E0001}!/\n/  ".utf8) + [0xFF, 0xE4, 0xB8]
    let replaced = text.dropLast(3) + Array("\u{FFFD}\u{FFFD}\u{FFFD}".utf8)
    for start in 0..<text.count where text[start] & 0xC0 != 0x80 || start >= text.count - 3 {
      let pieces = try Self.pieces(name, of: text[start...])
      let expected =
        start < text.count - 3
        ? Array(replaced[start...])
        : Array(repeating: Array("\u{FFFD}".utf8), count: text.count - start).flatMap { $0 }
      #expect(pieces.flatMap { $0 } == expected)
      #expect(pieces.allSatisfy { !$0.isEmpty })
    }
  }

  @Test(
    "Bytes that are not UTF-8 become U+FFFD each",
    arguments: [
      [0x80], [0xC3], [0xC3, 0x28], [0xE4, 0xB8], [0xC0, 0x80], [0xE0, 0x80, 0x80],
      [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xFF],
    ] as [[UInt8]])
  func replacement(_ bytes: [UInt8]) {
    let scanned = ScannedText(bytes[...])
    let expected = bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{FFFD}" }
    #expect(scanned.scalars == expected)
    #expect(scanned.bytes == expected.flatMap { Array(String($0).utf8) })
  }
}
