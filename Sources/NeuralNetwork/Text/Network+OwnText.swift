extension Network {
  /// How many texts of a length to write side by side: the more, the less often weights are decoded;
  /// what the layers keep of them is to take 2 GiB at most.
  package func textsAtATime(length: Int) -> Int {
    let bytes = blocks.reduce(0) { $0 + $1.mixer.stateBytes(capacity: length) }
    return max(1, (2 << 30) / bytes)
  }
}

extension Tokenizer {
  /// The token after which a model writes a text of its own: that which begins texts where it wants
  /// one, else a line break. Models that want none may never have seen it in training. A vocabulary without
  /// a line break has one of its other boundaries or its first token.
  package var textStart: Int32 {
    if addsBOS, let bos { return bos }
    return encode([UInt8(ascii: "\n")], addingSpecial: false).first ?? bos ?? eos ?? 0
  }
}
