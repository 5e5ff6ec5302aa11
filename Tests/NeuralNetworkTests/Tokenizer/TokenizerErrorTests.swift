import GGUF
import NeuralNetwork
import Testing
import TestSupport

@Suite("Malformed tokenizers") struct TokenizerErrorTests {
  let directory = TemporaryDirectory()

  func problem(_ keys: [GGUFFixture.Key]) -> TokenizerError.Problem? {
    let error = #expect(throws: TokenizerError.self) { try directory.tokenizer(keys) }
    #expect(error?.path == "model.gguf")
    return error?.problem
  }

  /// SentencePiece keys of three tokens without those for bytes.
  static let pieces: [GGUFFixture.Key] = [
    .string("tokenizer.ggml.model", "llama"),
    .strings("tokenizer.ggml.tokens", ["<unk>", "<s>", "</s>"]),
    .floats("tokenizer.ggml.scores", [0, 0, 0]),
  ]

  @Test(
    "Each key that is needed is named where it is missing",
    arguments: ["model", "tokens", "merges", "scores"])
  func missing(_ key: String) {
    let name = "tokenizer.ggml.\(key)"
    let keys = key == "scores" ? Self.pieces : bytePairKeys()
    #expect(problem(keys.filter { $0.name != Array(name.utf8) }) == .missing(key: name))
  }

  @Test(
    "A value of the wrong kind is named",
    arguments: ["model", "pre", "tokens", "token_type", "merges", "bos_token_id", "add_bos_token"])
  func wrongKind(_ key: String) {
    let name = "tokenizer.ggml.\(key)"
    #expect(problem(bytePairKeys() + [.floats(name, [1])]) == .valueKind(key: name))
  }

  @Test("Kinds that are not supported are errors that name those that are")
  func unsupported() {
    #expect(problem([.string("tokenizer.ggml.model", "bert")]) == .model("bert"))
    #expect(problem(bytePairKeys(pre: "poro-chat")) == .preTokenizer("poro-chat"))
    #expect("\(TokenizerError.Problem.model("bert"))".contains("\"gpt2\" and \"llama\""))
    #expect("\(TokenizerError.Problem.preTokenizer("x"))".contains("qwen2, qwen35"))
  }

  @Test("Arrays that do not match the vocabulary are errors")
  func counts() {
    #expect(
      problem(bytePairKeys() + [.int32s("tokenizer.ggml.token_type", [1])])
        == .count(key: "tokenizer.ggml.token_type", found: 1, expected: 256))
    #expect(
      problem(Self.pieces + [.floats("tokenizer.ggml.scores", [0, 0])])
        == .count(key: "tokenizer.ggml.scores", found: 2, expected: 3))
    #expect(problem([.string("tokenizer.ggml.model", "gpt2"), .tokens([])]) == .tokenCount(0))
  }

  @Test("Tokens that cannot be told apart or do not exist are errors")
  func tokens() {
    #expect(problem(bytePairKeys(["xy", "xy"])) == .duplicateToken("xy", 256, 257))
    #expect(
      problem(bytePairKeys() + [.uint32("tokenizer.ggml.eos_token_id", 256)])
        == .tokenID(key: "tokenizer.ggml.eos_token_id", 256, count: 256))
    #expect(
      problem(bytePairKeys() + [.int32("tokenizer.ggml.bos_token_id", -1)])
        == .tokenID(key: "tokenizer.ggml.bos_token_id", -1, count: 256))
    #expect(
      problem(bytePairKeys() + [.bool("tokenizer.ggml.add_bos_token", true)])
        == .boundary(
          key: "tokenizer.ggml.add_bos_token", missing: "tokenizer.ggml.bos_token_id"))
  }

  @Test("A merge must be two tokens that make a third")
  func merges() {
    for text in ["", "a", "a ", " a"] {
      #expect(problem(bytePairKeys(merges: [text])) == .merge(0, text))
    }
    #expect(
      problem(bytePairKeys(["ab"], merges: ["a b", "ab cd"]))
        == .mergeOfUnknown(1, "ab cd", unknown: "cd"))
    #expect(problem(bytePairKeys(merges: ["a b"])) == .mergeOfUnknown(0, "a b", unknown: "ab"))
  }

  @Test("SentencePiece needs scores that are numbers and a token for each byte")
  func sentencePiece() {
    #expect(
      problem(Self.pieces + [.floats("tokenizer.ggml.scores", [0, .nan, 0])]) == .score(token: 1))
    #expect(
      problem(Self.pieces + [.int32s("tokenizer.ggml.token_type", [2, 6, 3])])
        == .byteToken(1, "<s>"))
    let two: [GGUFFixture.Key] = [.tokens(["a", "b"]), .floats("tokenizer.ggml.scores", [0, 0])]
    #expect(problem(Self.pieces + two) == .byteWithoutToken(0))
  }
}

extension GGUFFixture.Key {
  fileprivate static func tokens(_ texts: [String]) -> Self {
    strings("tokenizer.ggml.tokens", texts)
  }
}
