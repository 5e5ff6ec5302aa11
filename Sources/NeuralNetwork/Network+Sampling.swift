import Codecs
import KernelsC
import LinearAlgebra

extension Network {
  /// How texts go on that begin with these tokens, each further token sampled from the model's distribution at
  /// temperature 1.
  ///
  /// - Parameters:
  ///   - firsts: the first token of each text. The texts are written side by side, sharing the work of
  ///     decoding weights, of which each step decodes all that are not kept.
  ///   - tokens: how many are written of each text; the first is not among them.
  ///   - seed: what the choices depend on, beside the model.
  ///   - progress: called after every layer of every step, which is a token of each text.
  package func sample(
    after firsts: [Int32], tokens count: Int, seed: UInt64, progress: Progress = { _, _ in }
  ) throws -> [[Int32]] {
    var generators = firsts.indices.map { SplitMix64(state: seed &+ UInt64($0)) }
    return try extend(firsts.map { [$0] }, by: count, progress: progress) { logits, head in
      head.sample(logits, draws: generators.indices.map { generators[$0].fraction() })
    }
  }

  /// How texts go on that begin with these tokens, each further token the likeliest one, of equally likely ones the
  /// first.
  ///
  /// - Parameters:
  ///   - beginnings: the first tokens of each text, all of one length. The texts are written side by side.
  ///   - tokens: how many are written of each text; the first ones are not among them.
  ///   - progress: called after every layer of every step, which is a token of each text, those that are given among
  ///     them.
  func likeliest(
    after beginnings: [[Int32]], tokens count: Int, progress: Progress = { _, _ in }
  ) throws -> [[Int32]] {
    try extend(beginnings, by: count, progress: progress) { logits, _ in
      (0..<logits.rows).map { Kernels.active.pointee.top(logits[$0], Int32(logits.columns)) }
    }
  }

  /// - Parameter choose: gives the next token of each text by the logits.
  private func extend(
    _ beginnings: [[Int32]], by count: Int, progress: Progress,
    choose: (Matrix, OutputHead) -> [Int32]
  ) throws -> [[Int32]] {
    let given = beginnings[0].count
    let steps = given - 1 + count
    var last: [Int32] = []
    var texts = [[Int32]](repeating: [], count: beginnings.count)
    let rotations = try Rotations(self, length: steps)
    let (norm, head) = (try finalNorm(), try outputHead())
    let states = makeStates(sequences: beginnings.count, capacity: steps)
    for step in 0..<steps {
      let tokens = Batch(step < given ? beginnings.map { [$0[step]] } : last.map { [$0] })
      var x = try embed(tokens)
      for layer in 0..<layers {
        x = try block(layer, rotations)(x, of: tokens, after: states[layer], on: workers)
        try checkFinite(x, behind: layer)
        // The first token of each text takes the memory of all: a step is too long to wait for.
        try progress(step * layers + layer + 1, steps * layers)
      }
      if step >= given - 1 {
        last = choose(head.logits(of: norm(x, on: workers)), head)
        for index in texts.indices { texts[index].append(last[index]) }
      }
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
