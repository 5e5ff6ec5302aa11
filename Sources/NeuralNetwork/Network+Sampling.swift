import Codecs

extension Network {
  /// Texts that the model writes by itself, each token sampled from its distribution at temperature 1.
  ///
  /// - Parameters:
  ///   - firsts: the first token of each text. The texts are written side by side, sharing the work of
  ///     decoding weights, of which each step decodes all.
  ///   - length: the tokens of each text, the first among them.
  ///   - seed: what the choices depend on, beside the model.
  ///   - progress: called after every step, which is a token of each text.
  package func sample(
    after firsts: [Int32], length: Int, seed: UInt64, progress: Progress = { _, _ in }
  ) throws -> [[Int32]] {
    var generators = firsts.indices.map { SplitMix64(state: seed &+ UInt64($0)) }
    var texts = firsts.map { [$0] }
    let rotations = try Rotations(self, length: length)
    let (norm, head) = (try finalNorm(), try outputHead())
    let states = blocks.map { $0.mixer.makeState(sequences: firsts.count, capacity: length) }
    for step in 1..<max(length, 1) {
      var x = try embed(texts.map { $0[step - 1] })
      for layer in 0..<layers {
        x = try block(layer, rotations)(x, after: states[layer], on: workers)
        try checkFinite(x, behind: layer)
      }
      let draws = generators.indices.map { generators[$0].fraction() }
      let tokens = head.sample(head.logits(of: norm(x, on: workers)), draws: draws)
      for index in texts.indices { texts[index].append(tokens[index]) }
      try progress(step, length - 1)
    }
    return texts
  }
}
