import Codecs

extension Network {
  /// How texts go on that begin with these tokens, each further token sampled from the model's distribution at
  /// temperature 1.
  ///
  /// - Parameters:
  ///   - firsts: the first token of each text. The texts are written side by side, sharing the work of
  ///     decoding weights, of which each step decodes all that are not kept.
  ///   - tokens: how many are written of each text; the first is not among them.
  ///   - seed: what the choices depend on, beside the model.
  ///   - progress: called after every step, which is a token of each text.
  package func sample(
    after firsts: [Int32], tokens count: Int, seed: UInt64, progress: Progress = { _, _ in }
  ) throws -> [[Int32]] {
    var generators = firsts.indices.map { SplitMix64(state: seed &+ UInt64($0)) }
    var last = firsts
    var texts = [[Int32]](repeating: [], count: firsts.count)
    let rotations = try Rotations(self, length: count)
    let (norm, head) = (try finalNorm(), try outputHead())
    let states = makeStates(sequences: firsts.count, capacity: count)
    for step in 0..<count {
      let tokens = Batch(last.map { [$0] })
      var x = try embed(tokens)
      for layer in 0..<layers {
        x = try block(layer, rotations)(x, of: tokens, after: states[layer], on: workers)
        try checkFinite(x, behind: layer)
      }
      let draws = generators.indices.map { generators[$0].fraction() }
      last = head.sample(head.logits(of: norm(x, on: workers)), draws: draws)
      for index in texts.indices { texts[index].append(last[index]) }
      try progress(step + 1, count)
    }
    return texts
  }

  /// The state of each layer, with room for `capacity` tokens of each sequence.
  private func makeStates(sequences: Int, capacity: Int) -> [any MixerState] {
    var states: [any MixerState] = []
    for block in blocks {
      states.append(
        block.mixer.stateLayer.map { states[$0] }
          ?? block.mixer.makeState(sequences: sequences, capacity: capacity))
    }
    return states
  }
}
