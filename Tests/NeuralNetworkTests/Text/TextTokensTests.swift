import ChatTemplates
import GGUF
import NeuralNetwork
import Testing
import TestSupport

@Suite("Texts cut into sequences of tokens") struct TextTokensTests {
  let directory = TemporaryDirectory()

  func tokenizer(addingBOS: Bool = false) throws -> Tokenizer {
    var metadata = try ModelFile(path: Folio.model).metadata
    metadata["tokenizer.ggml.add_bos_token"] = .bool(addingBOS)
    return try Tokenizer(metadata, path: Folio.model)
  }

  func file(_ text: String, _ name: String) throws -> String {
    try directory.write(Array(text.utf8), to: name)
  }

  @Test("a text is cut as the reference program cut it") func reference() throws {
    let text = try TextTokens(paths: [Folio.calibrationText], tokenizer(), sequence: 256)
    #expect(text.names == ["folio-calibration.txt"])
    #expect(try text.sequences == numbers("Tokens/folio-calibration.txt"))
  }

  @Test("files follow each other, and what fills no sequence is dropped") func files() throws {
    let tokenizer = try tokenizer()
    let paths = [
      try file("To be, or not to be", "a.txt"), try file("that is the question", "b.txt"),
    ]
    let all = try paths.flatMap { tokenizer.encode(try contents(of: $0)) }
    let text = try TextTokens(paths: paths, tokenizer, sequence: 4)
    #expect(text.names == ["a.txt", "b.txt"])
    #expect(text.sequences.count == all.count / 4)
    #expect(text.sequences.flatMap(\.self) == Array(all.prefix(all.count / 4 * 4)))
  }

  @Test("fewer tokens than there are come from all over the text") func spread() throws {
    let all = try TextTokens(paths: [Folio.calibrationText], tokenizer(), sequence: 256).sequences
    let some = try TextTokens(
      paths: [Folio.calibrationText], tokenizer(), sequence: 256, atMost: 256 * 10 + 255)
    #expect(some.sequences == [0, 12, 25, 38, 50, 63, 76, 88, 101, 114].map { all[$0] })
    let more = try TextTokens(
      paths: [Folio.calibrationText], tokenizer(), sequence: 256, atMost: 1 << 30)
    #expect(more.sequences == all)
  }

  @Test("every sequence begins with the token for it where the model wants one") func bos() throws {
    let path = try file(String(repeating: "Enter a messenger. ", count: 9), "a.txt")
    let tokenizer = try tokenizer(addingBOS: true)
    let with = try TextTokens(paths: [path], tokenizer, sequence: 8).sequences
    #expect(with.count > 2)
    #expect(with.allSatisfy { $0[0] == tokenizer.bos })
    let all = tokenizer.encode(try contents(of: path))
    #expect(with[1].dropFirst() == all[9..<16])
  }

  @Test("a byte order mark in front is no part of the text") func byteOrderMark() throws {
    let text = "To be, or not to be"
    let marked = try directory.write([0xEF, 0xBB, 0xBF] + Array(text.utf8), to: "marked")
    let tokenizer = try tokenizer()
    #expect(
      try TextTokens(paths: [marked], tokenizer, sequence: 4).sequences
        == TextTokens(paths: [file(text, "plain")], tokenizer, sequence: 4).sequences)
  }

  @Test(
    "a file that is no UTF-8 is refused, with the byte",
    arguments: [
      ([0x41, 0xC3, 0xA9, 0xFF, 0x42], .notUTF8(offset: 3)),
      ([0x41, 0x42, 0xE2, 0x82], .notUTF8(offset: 2)),
      ([0xFF, 0xFE, 0x41, 0x00], .encoded("UTF-16LE")),
      ([0xFE, 0xFF, 0x00, 0x41], .encoded("UTF-16BE")),
      ([0xFF, 0xFE, 0x00, 0x00, 0x41, 0x00, 0x00, 0x00], .encoded("UTF-32LE")),
      ([0x41, 0x00, 0x42, 0x00], .encoded("UTF-16LE")),
      ([0x00, 0x00, 0x00, 0x41], .encoded("UTF-32BE")),
      ([0x41, 0x42, 0x00, 0x43, 0x44, 0x45], .zero(offset: 2)),
    ] as [([UInt8], TextError.Problem)])
  func notText(bytes: [UInt8], problem: TextError.Problem) throws {
    let path = try directory.write(bytes, to: "bytes")
    let error = #expect(throws: TextError.self) {
      try TextTokens(paths: [path], tokenizer(), sequence: 1)
    }
    #expect(error?.path == path && error?.problem == problem && error?.kind == .badInput)
  }

  @Test("a model is no text") func modelAsText() throws {
    #expect(throws: TextError.self) {
      try TextTokens(paths: [Folio.model], tokenizer(), sequence: 4)
    }
  }

  @Test("less than a sequence is an error that says how much there is") func short() throws {
    let paths = [try file("Alas", "a.txt"), try file("", "b.txt")]
    let error = #expect(throws: TextTooShort.self) {
      try TextTokens(paths: paths, tokenizer(), sequence: 64)
    }
    #expect(try error?.tokens == tokenizer().encode(Array("Alas".utf8)).count)
    #expect(error?.description.hasPrefix("a.txt, b.txt: ") == true)
  }

  @Test("conversations are rendered one after another, and control tokens are what they spell")
  func conversations() throws {
    let template = try ChatTemplate(
      "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}")
    let path = try file(
      """
      {"messages": [{"role": "user", "content": "To be"}, {"role": "assistant", "content": "or not"}]}

      [{"role": "user", "content": "That is the question"}]
      """, "chat.jsonl")
    let tokenizer = try tokenizer()
    let bos = try #require(tokenizer.bos)
    let expected = ["user: To be\nassistant: or not\n", "user: That is the question\n"].flatMap {
      [bos] + tokenizer.encode(Array($0.utf8), addingSpecial: false)
    }
    let text = try TextTokens(
      conversations: [path], template, tokenizer, sequence: 4, at: .newYear2026)
    #expect(text.names == ["chat.jsonl"])
    #expect(text.sequences.flatMap(\.self) == Array(expected.prefix(expected.count / 4 * 4)))
  }

  @Test("an error in a conversation names the file and the line") func badConversation() throws {
    let path = try file(
      "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}\n{}\n", "b.jsonl")
    let error = #expect(throws: ChatFileError.self) {
      try TextTokens(
        conversations: [path], try ChatTemplate("{{ messages }}"), tokenizer(), sequence: 4,
        at: .newYear2026)
    }
    let message = "\(try #require(error))"
    #expect(message.hasPrefix("\(path.escaped): line 2: "))
  }

  @Test("a model without a chat template says so") func noTemplate() throws {
    let error = #expect(throws: ChatFileError.self) {
      try ChatTemplate(of: ModelFile(path: Folio.model))
    }
    #expect("\(try #require(error))".contains("tokenizer.chat_template"))
  }
}
