import GGUF

/// The tokens of a model.
struct Vocabulary: Sendable {
  /// The text of each token, as the file spells it.
  let texts: [[UInt8]]
  /// The kind of each token.
  let kinds: [TokenKind]
  private let ids: [ArraySlice<UInt8>: Int32]

  /// Reads `tokenizer.ggml.tokens` and `tokenizer.ggml.token_type`; without the latter all tokens
  /// are normal.
  init(_ metadata: Metadata) throws(TokenizerError.Problem) {
    let strings = try metadata.required(.tokens) { $0.strings }
    guard !strings.isEmpty, strings.count <= Int(Int32.max) else {
      throw .tokenCount(strings.count)
    }
    var ids: [ArraySlice<UInt8>: Int32] = [:]
    ids.reserveCapacity(strings.count)
    texts = strings.map { Array($0.utf8) }
    for (index, text) in texts.enumerated() where !text.isEmpty {
      if let first = ids.updateValue(Int32(index), forKey: text[...]) {
        throw .duplicateToken(strings[index], Int(first), index)
      }
    }
    self.ids = ids

    var kinds = Array(repeating: TokenKind.normal, count: texts.count)
    if let numbers = try metadata.optional(.tokenTypes, { $0.integers }) {
      try numbers.checkCount(texts.count, of: .tokenTypes)
      kinds = numbers.map { TokenKind(rawValue: $0) ?? .undefined }
    }
    for text in Self.controlTexts {
      if let id = ids[Array(text.utf8)[...]] { kinds[Int(id)] = .control }
    }
    // Where Gemma 4's tokens end turns, this is a tag of HTML.
    if ids[Array("<|tool_response>".utf8)[...]] != nil, let id = ids[Array("</s>".utf8)[...]] {
      kinds[Int(id)] = .normal
    }
    self.kinds = kinds
  }

  /// The number of tokens.
  var count: Int { texts.count }

  /// The token that is spelt like this, of any kind.
  subscript(text: ArraySlice<UInt8>) -> Int32? { ids[text] }

  /// The token that is spelt like this, of any kind.
  subscript(text: some StringProtocol) -> Int32? { ids[Array(text.utf8)[...]] }

  /// Spellings that llama.cpp takes for control tokens whatever kind the file gives them: they end a
  /// turn or a text, or mark the parts of a text with a gap.
  private static let controlTexts = [
    "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
    "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
    "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
    "<｜end▁of▁sentence｜>",
    "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>",
    "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>",
    "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>",
    "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]",
    "<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>",
  ]
}
