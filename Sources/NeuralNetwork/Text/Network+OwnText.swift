extension Network {
  /// What may be kept in memory from token to token while texts are written: the keys and values of the texts, and
  /// with what they leave, weights as products need them.
  ///
  /// It holds a model of 1.5 billion weights in `bf16` and 64 texts of 512 tokens.
  private static let writingBytes = 6 << 30

  /// How many of `count` texts of a length to write side by side: the more, the less often weights are decoded that
  /// cannot be kept. Groups are alike, so that none is small.
  package func textsAtATime(of count: Int, length: Int) -> Int {
    let most = max(1, Self.writingBytes / max(1, stateBytes(length: length)))
    let groups = (count + most - 1) / most
    return (count + groups - 1) / max(1, groups)
  }

  /// Texts that the model writes by itself at temperature 1, side by side (see `textsAtATime`).
  ///
  /// Each begins with the token that begins texts where the model wants one, else with a token that the model wrote.
  ///
  /// - Parameters:
  ///   - length: the tokens of each.
  ///   - seed: what the choices depend on, beside the model; other texts need other seeds.
  ///   - progress: called after every step, which is a token of each text.
  package func write(
    _ count: Int, length: Int, _ tokenizer: Tokenizer, seed: UInt64,
    progress: Progress = { _, _ in }
  ) throws -> [[Int32]] {
    let start = tokenizer.textStart
    let kept = Self.writingBytes - count * stateBytes(length: length)
    let texts = try keepingWeights(atMost: kept).sample(
      after: Array(repeating: start.token, count: count),
      tokens: length - (start.isPart ? 1 : 0), seed: seed, progress: progress)
    return start.isPart ? texts.map { [start.token] + $0 } : texts
  }

  /// The likeliest continuation of each of some beginnings, which are all of one length.
  ///
  /// - Parameters:
  ///   - tokens: how many are written of each.
  ///   - progress: called after every step, which is a token of some of the texts.
  package func likeliestTexts(
    after beginnings: [[Int32]], tokens count: Int, progress: Progress = { _, _ in }
  ) throws -> [[Int32]] {
    let length = beginnings[0].count + count
    let size = textsAtATime(of: beginnings.count, length: length)
    let groups = stride(from: 0, to: beginnings.count, by: size).map {
      Array(beginnings[$0..<min($0 + size, beginnings.count)])
    }
    let network = keepingWeights(atMost: Self.writingBytes - size * stateBytes(length: length))
    return try groups.enumerated().flatMap { index, group in
      try network.likeliest(after: group, tokens: count) { done, total in
        try progress(index * total + done, groups.count * total)
      }
    }
  }

  /// What the layers keep of a text.
  private func stateBytes(length: Int) -> Int {
    blocks.reduce(0) { $0 + $1.mixer.stateBytes(capacity: length) }
  }
}

extension Tokenizer {
  /// The token after which a model writes a text of its own, and whether it is part of the text: that which begins
  /// texts where the model wants one. Models that want none may never have seen it in training, so they write after
  /// a line break, which is no part of the text. A vocabulary without a line break has one of its other boundaries
  /// or its first token.
  package var textStart: (token: Int32, isPart: Bool) {
    if addsBOS, let bos { return (bos, true) }
    return (encode([UInt8(ascii: "\n")], addingSpecial: false).first ?? bos ?? eos ?? 0, false)
  }
}
