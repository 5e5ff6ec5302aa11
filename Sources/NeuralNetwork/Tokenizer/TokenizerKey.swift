import GGUF

/// The metadata keys that describe a tokenizer, under `tokenizer.ggml.`.
enum TokenizerKey: String {
  case model = "model"
  case preTokenizer = "pre"
  case tokens = "tokens"
  case tokenTypes = "token_type"
  case scores = "scores"
  case merges = "merges"
  case bosID = "bos_token_id"
  case eosID = "eos_token_id"
  case unknownID = "unknown_token_id"
  case addsBOS = "add_bos_token"
  case addsEOS = "add_eos_token"
  case addsSpacePrefix = "add_space_prefix"

  /// The key as it stands in a file.
  var name: String { "tokenizer.ggml.\(rawValue)" }
}

extension Metadata {
  /// What `read` makes of the value of `key`; nil where the key is absent.
  func optional<Value>(
    _ key: TokenizerKey, _ read: (MetadataValue) -> Value?
  ) throws(TokenizerError.Problem) -> Value? {
    guard let value = self[key.name] else { return nil }
    guard let read = read(value) else { throw .valueKind(key: key.name) }
    return read
  }

  /// What `read` makes of the value of `key`.
  func required<Value>(
    _ key: TokenizerKey, _ read: (MetadataValue) -> Value?
  ) throws(TokenizerError.Problem) -> Value {
    guard let value = try optional(key, read) else { throw .missing(key: key.name) }
    return value
  }

  /// The token that `key` names, one of `count`; nil where the key is absent.
  func token(_ key: TokenizerKey, of count: Int) throws(TokenizerError.Problem) -> Int32? {
    guard let id = try optional(key, { $0.integer }) else { return nil }
    guard (0..<count).contains(id) else { throw .tokenID(key: key.name, id, count: count) }
    return Int32(id)
  }
}

extension Array {
  /// Checks that the array under `key` has one element for each of `count` tokens.
  func checkCount(_ count: Int, of key: TokenizerKey) throws(TokenizerError.Problem) {
    guard self.count == count else {
      throw .count(key: key.name, found: self.count, expected: count)
    }
  }
}
