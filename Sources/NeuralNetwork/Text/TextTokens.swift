package import GGUF

/// Texts as the sequences of tokens that a model reads.
package struct TextTokens: Sendable, Equatable {
  /// The names of the files, without their directories.
  package let names: [String]
  /// All of one length.
  package let sequences: [[Int32]]

  /// Reads files of text in UTF-8 and cuts them as llama.cpp's `llama-imatrix` and `llama-perplexity` do:
  /// the tokens of all files one after another, the rest that fills no sequence dropped, and each
  /// sequence beginning with the token for it where the model wants one.
  ///
  /// - Parameters:
  ///   - length: the tokens of a sequence, at least 1.
  ///   - most: how many tokens are wanted. Where the texts have more, the sequences are spread evenly
  ///     over them, so that every kind of text keeps its share.
  /// - Throws: `FileError`, `TextError`, or `TextTooShort` where there is no whole sequence.
  package init(
    paths: [String], _ tokenizer: Tokenizer, sequence length: Int, atMost most: Int? = nil
  ) throws {
    try self.init(
      names: paths.map(\.fileName),
      tokens: paths.flatMap { tokenizer.encode(try OpenFile(reading: $0).textBytes()) },
      tokenizer, sequence: length, atMost: most)
  }

  /// Cuts tokens into sequences.
  init(
    names: [String], tokens: [Int32], _ tokenizer: Tokenizer, sequence length: Int,
    atMost most: Int?
  ) throws(TextTooShort) {
    self.names = names
    let available = tokens.count / length
    guard available > 0 else {
      throw TextTooShort(names: names, tokens: tokens.count, sequence: length)
    }
    let count = min(available, max(1, (most ?? .max) / length))
    sequences = (0..<count).map { index in
      let start = index * available / count * length
      var sequence = Array(tokens[start..<start + length])
      if tokenizer.addsBOS, let bos = tokenizer.bos { sequence[0] = bos }
      return sequence
    }
  }
}

/// Texts that do not make up one sequence.
package struct TextTooShort: ClassifiedError, Equatable {
  package let names: [String]
  /// Tokens of all texts together.
  package let tokens: Int
  /// Tokens that a sequence needs.
  package let sequence: Int

  package var kind: ErrorKind { .badInput }

  package var description: String {
    """
    \(names.map(\.escaped).joined(separator: ", ")): \(tokens) tokens are less than one sequence of \
    \(sequence); give more text, or ask for shorter sequences
    """
  }
}
