import Foundation
import GGUF
import NeuralNetwork
import TestSupport

/// A text and the tokens that the reference makes of it.
struct TokenVector: Decodable {
  let text: String?
  let bytes: [UInt8]?
  let tokens: [Int32]

  /// The text's bytes, however it is given.
  var input: [UInt8] { bytes ?? Array((text ?? "").utf8) }
}

/// The SentencePiece vocabulary of the fixtures and what the reference makes of texts with it.
struct SentencePieceFixture: Decodable {
  let tokens: [String]
  let scores: [Float]
  let types: [Int32]
  let prefixed: [TokenVector]
  let bare: [TokenVector]
  let parsed: [TokenVector]

  /// The keys of a model with this vocabulary.
  var keys: [GGUFFixture.Key] {
    [
      .string("tokenizer.ggml.model", "llama"), .strings("tokenizer.ggml.tokens", tokens),
      .floats("tokenizer.ggml.scores", scores), .int32s("tokenizer.ggml.token_type", types),
      .uint32("tokenizer.ggml.bos_token_id", 1), .uint32("tokenizer.ggml.eos_token_id", 2),
      .uint32("tokenizer.ggml.unknown_token_id", 0),
    ]
  }
}

/// A vocabulary of characters with merges and what the reference makes of texts with it.
struct CharacterPairFixture: Decodable {
  let tokens: [String]
  let types: [Int32]
  let merges: [String]
  let vectors: [TokenVector]

  /// The keys of a model with this vocabulary. That it begins no text is not believed.
  var keys: [GGUFFixture.Key] {
    [
      .string("tokenizer.ggml.model", "gemma4"), .strings("tokenizer.ggml.tokens", tokens),
      .int32s("tokenizer.ggml.token_type", types), .strings("tokenizer.ggml.merges", merges),
      .uint32("tokenizer.ggml.bos_token_id", 2), .uint32("tokenizer.ggml.eos_token_id", 1),
      .bool("tokenizer.ggml.add_bos_token", false),
    ]
  }
}

/// Reads a fixture beside this file.
func tokenizerFixture<Fixture: Decodable>(_ name: String, as type: Fixture.Type) throws -> Fixture {
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  let file = folder.appendingPathComponent("\(name)")
  return try JSONDecoder().decode(type, from: Data(contentsOf: file))
}

/// The keys of a byte-level vocabulary of the 256 bytes, in order, and then these tokens.
func bytePairKeys(
  _ tokens: [String] = [], merges: [String] = [], pre: String = "gpt-2",
  types: [Int32] = []
) -> [GGUFFixture.Key] {
  let bytes = ByteAlphabet.characters.map { String($0) }
  let kinds = Array(repeating: Int32(1), count: 256 + tokens.count - types.count) + types
  return [
    .string("tokenizer.ggml.model", "gpt2"), .string("tokenizer.ggml.pre", pre),
    .strings("tokenizer.ggml.tokens", bytes + tokens), .strings("tokenizer.ggml.merges", merges),
    .int32s("tokenizer.ggml.token_type", kinds),
  ]
}

extension GGUFFixture.Key {
  static func floats(_ name: String, _ values: [Float]) -> Self {
    var elements: [UInt8] = []
    elements.put(values)
    return array(name, of: 6, count: UInt64(values.count), elements)
  }

  static func int32s(_ name: String, _ values: [Int32]) -> Self {
    var elements: [UInt8] = []
    for value in values { elements.put(value) }
    return array(name, of: 5, count: UInt64(values.count), elements)
  }

  static func bool(_ name: String, _ value: Bool) -> Self {
    Self(name, kind: 7, payload: [value ? 1 : 0])
  }
}

extension TemporaryDirectory {
  /// The tokenizer of a model with these keys; of two alike the last counts.
  func tokenizer(_ keys: [GGUFFixture.Key]) throws -> Tokenizer {
    var unique: [GGUFFixture.Key] = []
    for key in keys {
      unique.removeAll { $0.name == key.name }
      unique.append(key)
    }
    let path = try write(GGUFFixture(keys: unique).bytes, to: "model.gguf")
    return try Tokenizer(ModelFile(path: path).metadata, path: "model.gguf")
  }
}
