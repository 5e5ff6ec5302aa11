import GGUF

extension TokenizerError: CustomStringConvertible {
  package var description: String { "\(path.escaped): \(problem)" }
}

extension TokenizerError.Problem: CustomStringConvertible {
  /// A sentence without its subject's path and final stop.
  package var description: String {
    switch self {
    case .missing(let key):
      "the key \(key) is missing, without which text cannot be made into tokens"
    case .valueKind(let key):
      "the value of \(key) is of the wrong kind"
    case .model(let model):
      """
      the tokenizer \(model.quoted) is not supported; \
      \(Tokenizer.supportedModels.map(\.quoted).joined(separator: " and ")) are
      """
    case .preTokenizer(let name):
      """
      the pre-tokenizer \(name.quoted) is not supported; these are: \
      \(Tokenizer.supportedPreTokenizers.joined(separator: ", "))
      """
    case .tokenCount(let count):
      "a vocabulary of \(count) tokens cannot be used"
    case .duplicateToken(let text, let first, let second):
      "the tokens \(first) and \(second) have the same text, \(text.quoted)"
    case .count(let key, let found, let expected):
      "\(key) has \(found) elements, but there are \(expected) tokens"
    case .tokenID(let key, let id, let count):
      "\(key) is \(id), but there are \(count) tokens"
    case .score(let token):
      "the score of token \(token) is not a number"
    case .merge(let index, let text):
      "the merge \(index), \(text.quoted), is not two texts with a space between them"
    case .mergeOfUnknown(let index, let text, let unknown):
      "the merge \(index), \(text.quoted), needs the token \(unknown.quoted), which does not exist"
    case .byteToken(let token, let text):
      "the token \(token) stands for a byte but is spelt \(text.quoted)"
    case .byteWithoutToken(let byte):
      "there is no token for the byte \(byte), and none for the unknown"
    case .boundary(let key, let missing):
      "\(key) is true, but \(missing) is missing"
    }
  }
}
