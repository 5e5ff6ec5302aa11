extension Network {
  /// How many texts of a length to write side by side: the more, the less often weights are decoded;
  /// their keys and values are to take 2 GiB at most.
  package func textsAtATime(length: Int) -> Int {
    let values = 2 * parameters.layers * parameters.keyHeads * parameters.headWidth * length
    return max(1, (2 << 30) / (values * MemoryLayout<Float>.size))
  }
}

extension Tokenizer {
  /// The token after which a model writes a text of its own: that which begins texts where it wants
  /// one, else a line break. Models that want none may never have seen it in training.
  package var textStart: Int32 {
    if addsBOS, let bos { return bos }
    // Every byte has a token, or the tokenizer could not have been read.
    return encode([UInt8(ascii: "\n")], addingSpecial: false)[0]
  }
}
