import GGUF
import NeuralNetwork
import Testing
import TestSupport

@Suite("Tokenizer") struct TokenizerTests {
  let directory = TemporaryDirectory()

  static func folio() throws -> Tokenizer {
    try Tokenizer(ModelFile(path: Folio.model).metadata, path: Folio.model)
  }

  @Test("The demo model's tokens are the reference's")
  func folioAgrees() throws {
    let tokenizer = try Self.folio()
    for vector in try tokenizerFixture("folio.json", as: [TokenVector].self) {
      #expect(tokenizer.encode(vector.input) == vector.tokens)
    }
  }

  @Test("SentencePiece tokens are the reference's, with a space in front, without, and parsed")
  func sentencePieceAgrees() throws {
    let fixture = try tokenizerFixture("sentencepiece.json", as: SentencePieceFixture.self)
    let prefixed = try directory.tokenizer(fixture.keys)
    let bare = try directory.tokenizer(
      fixture.keys + [.bool("tokenizer.ggml.add_space_prefix", false)])
    for vector in fixture.prefixed { #expect(prefixed.encode(vector.input) == vector.tokens) }
    for vector in fixture.bare { #expect(bare.encode(vector.input) == vector.tokens) }
    for vector in fixture.parsed {
      #expect(prefixed.encode(vector.input, parsingSpecial: true) == vector.tokens)
    }
  }

  @Test("Tokens of pairs of characters are the reference's, and decoding gives the text back")
  func characterPairsAgree() throws {
    let fixture = try tokenizerFixture("gemma4.json", as: CharacterPairFixture.self)
    let tokenizer = try directory.tokenizer(fixture.keys)
    for vector in fixture.vectors {
      #expect(tokenizer.encode(vector.input) == vector.tokens, "\(vector)")
      // One byte of the vocabulary has no token, and a `▁` cannot be told from a space.
      guard let text = vector.text, !text.contains("😀"), !text.contains("▁") else { continue }
      #expect(String(decoding: tokenizer.decode(vector.tokens), as: UTF8.self) == text)
    }
    #expect(
      tokenizer.encode(Array("a<eos></s>".utf8), parsingSpecial: true)
        == tokenizer.encode(Array("a".utf8)) + [1]
        + tokenizer.encode(Array("</s>".utf8), addingSpecial: false))
  }

  @Test("Decoding gives back any text that is UTF-8")
  func decodingInvertsEncoding() throws {
    let fixture = try tokenizerFixture("sentencepiece.json", as: SentencePieceFixture.self)
    let tokenizers = try [
      Self.folio(), directory.tokenizer(fixture.keys),
      directory.tokenizer(fixture.keys + [.bool("tokenizer.ggml.add_space_prefix", false)]),
    ]
    // A `▁` in the text is the one character that SentencePiece cannot tell from a space.
    for text in fixture.bare.compactMap(\.text) where !text.contains("▁") {
      for tokenizer in tokenizers {
        let tokens = tokenizer.encode(Array(text.utf8))
        #expect(String(decoding: tokenizer.decode(tokens), as: UTF8.self) == text)
      }
    }
  }

  @Test("SentencePiece keeps bytes that are not UTF-8, unless they hide a space")
  func sentencePieceKeepsBytes() throws {
    let fixture = try tokenizerFixture("sentencepiece.json", as: SentencePieceFixture.self)
    let tokenizer = try directory.tokenizer(fixture.keys)
    for vector in fixture.bare {
      // 0xFF announces a character of four bytes; a space among them is not seen as one.
      guard let bytes = vector.bytes, !bytes.starts(with: [0xFF]) else { continue }
      #expect(tokenizer.decode(tokenizer.encode(bytes)) == bytes)
    }
  }

  @Test("Merges go by rank, and of equal ones the leftmost first")
  func mergesGoByRank() throws {
    let tokenizer = try directory.tokenizer(
      bytePairKeys(["bc", "ab", "aa", "abc"], merges: ["b c", "a b", "a a", "ab c"]))
    func tokens(_ text: String) -> [Int32] { tokenizer.encode(Array(text.utf8)) }
    let a = Int32(UInt8(ascii: "a"))
    #expect(tokens("abc") == [a, 256])
    #expect(tokens("aaa") == [258, a])
    #expect(tokens("aaaa") == [258, 258])
  }

  @Test("A word that is a token is taken whole where the pre-tokenizer says so")
  func wholeWords() throws {
    func tokens(_ pre: String) throws -> [Int32] {
      try directory.tokenizer(bytePairKeys(["abc"], pre: pre) + [.bosID(0)])
        .encode(Array("abc".utf8), addingSpecial: false)
    }
    #expect(try tokens("llama-bpe") == [256])
    #expect(try tokens("gpt-2") == Array("abc".utf8).map(Int32.init))
  }

  @Test("A text begins and ends as the file says, or else as its kind of vocabulary does")
  func boundaries() throws {
    func tokens(_ keys: [GGUFFixture.Key], adding: Bool = true) throws -> [Int32] {
      try directory.tokenizer(keys).encode([UInt8(ascii: "a")], addingSpecial: adding)
    }
    let keys = bytePairKeys() + [.bosID(7), .uint32("tokenizer.ggml.eos_token_id", 8)]
    let flags = [
      GGUFFixture.Key.bool("tokenizer.ggml.add_bos_token", true),
      .bool("tokenizer.ggml.add_eos_token", true),
    ]
    let pre = GGUFFixture.Key.string("tokenizer.ggml.pre", "llama-bpe")
    let refusal = GGUFFixture.Key.bool("tokenizer.ggml.add_bos_token", false)
    #expect(try tokens(keys) == [97])
    #expect(try tokens(keys + flags) == [7, 97, 8])
    #expect(try tokens(keys + flags, adding: false) == [97])
    #expect(try tokens(keys + [pre]) == [7, 97])
    #expect(try tokens(keys + [pre, refusal]) == [97])
  }

  @Test(
    "User-defined tokens are found first, the longest of those that overlap; others if asked for")
  func specialTokens() throws {
    let tokenizer = try directory.tokenizer(
      bytePairKeys(["<a", "a><b", "<c>", "<|im_end|>"], types: [4, 4, 3, 4]))
    func tokens(_ text: String, parsing: Bool = false) -> [Int32] {
      tokenizer.encode(Array(text.utf8), parsingSpecial: parsing)
    }
    let less = Int32(UInt8(ascii: "<"))
    #expect(tokens("<a><b") == [less, 257])
    #expect(tokens("<a<a") == [256, 256])
    #expect(tokens("<c>") == Array("<c>".utf8).map(Int32.init))
    #expect(tokens("<c>", parsing: true) == [258])
    // A control token by its name, whatever the file says.
    #expect(tokens("<|im_end|>").count == 10)
    #expect(tokens("<|im_end|>", parsing: true) == [259])
    #expect(tokenizer.decode([258, 257, 259, 97, -1, 300]) == Array("a><ba".utf8))
  }

  @Test("A long word takes no longer than many short ones")
  func longWords() throws {
    let tokenizer = try directory.tokenizer(
      bytePairKeys(["aa", "aaaa"], merges: ["a a", "aa aa"]))
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 20_002)
    #expect(tokenizer.encode(text) == Array(repeating: 257, count: 5000) + [256])
  }
}

extension GGUFFixture.Key {
  static func bosID(_ id: UInt32) -> Self { uint32("tokenizer.ggml.bos_token_id", id) }
}
