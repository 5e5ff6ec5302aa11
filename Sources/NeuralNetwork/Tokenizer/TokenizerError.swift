package import GGUF

/// A tokenizer that a file describes wrongly, or that is of a kind not supported.
package struct TokenizerError: ClassifiedError, Equatable {
  /// The file.
  package let path: String
  /// What is wrong with its tokenizer.
  package let problem: Problem

  /// The complaint that something is wrong with the tokenizer in `path`.
  package init(path: String, _ problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// The ways in which a tokenizer can be wrong. Tokens, scores and merges are numbered from 0.
  package enum Problem: ClassifiedError, Equatable {
    /// A key that the tokenizer cannot do without is absent.
    case missing(key: String)
    /// The value of a key is of another kind than the key's.
    case valueKind(key: String)
    /// `tokenizer.ggml.model` names an algorithm that is not supported.
    case model(String)
    /// `tokenizer.ggml.pre` names a pre-tokenizer that is not supported.
    case preTokenizer(String)
    /// No tokens, or more than 2³¹ − 1.
    case tokenCount(Int)
    /// Two tokens of one text.
    case duplicateToken(String, Int, Int)
    /// An array without exactly one element for each token.
    case count(key: String, found: Int, expected: Int)
    /// The id of a token that does not exist.
    case tokenID(key: String, Int, count: Int)
    /// A score that is not a number.
    case score(token: Int)
    /// A merge that is not two texts with a space between them.
    case merge(Int, String)
    /// A merge of, or into, a text that is no token.
    case mergeOfUnknown(Int, String, unknown: String)
    /// A token of kind byte that is not spelt like one.
    case byteToken(Int, String)
    /// A byte for which there is neither a token nor one for the unknown.
    case byteWithoutToken(UInt8)
    /// Texts are to begin or end with a token that no key names.
    case boundary(key: String, missing: String)

    package var kind: ErrorKind { .badInput }
  }

  package var kind: ErrorKind { problem.kind }
}
