import Codecs
import GGUF
import LinearAlgebra

/// A text to calibrate on.
package struct CalibrationSequence: Sendable {
  /// The tokens of the text.
  package let tokens: [Int32]
  /// What the labels sampled for it depend on, beside the model; other seeds give independent labels.
  package let seed: UInt64

  package init(tokens: [Int32], seed: UInt64) {
    self.tokens = tokens
    self.seed = seed
  }
}

extension Network {
  /// Runs sequences forward and backward, and sums up what every linear layer and the tables of
  /// embeddings met.
  ///
  /// Gradients are those of each sequence's summed log-likelihood of labels that are sampled from the
  /// model's own distribution. A head that drafts has sums of its own (see `calibrateDraft`), and adds none to others'. Where inputs are weighted by the energy of gradients, a token's is clipped among those
  /// that reach the same weights in this call, or in one piece of the output head. Between forward and backward only the inputs of layers are kept, and the
  /// rest computed anew. The result is a function of the arguments, whatever the number of threads.
  ///
  /// - Parameter progress: called after every step: each layer forward, the heads, each layer backward.
  package func calibrate(
    _ sequences: [CalibrationSequence], progress: Progress = { _, _ in }
  ) throws -> CalibrationSums {
    var sums = CalibrationSums()
    let batch = Batch(sequences.map(\.tokens))
    let steps = 2 * layers + 1
    let rotations = try Rotations(self, length: batch.longest)

    let embedded = try embed(batch)
    var inputs = [embedded]
    for layer in 0..<layers {
      inputs.append(try block(layer, rotations)(inputs[layer], in: batch, on: workers))
      try checkFinite(inputs[layer + 1], behind: layer)
      try progress(layer + 1, steps)
    }

    var gradient = try headGradient(
      at: inputs.removeLast(), draws: sequences.flatMap(\.draws), in: batch, rotations, sums: &sums)
    try progress(layers + 1, steps)

    for layer in (0..<layers).reversed() {
      gradient = try block(layer, rotations).gradient(
        gradient, at: inputs.removeLast(), in: batch, sums: &sums, on: workers)
      try progress(steps - layer, steps)
    }

    try layerInputs?.addGradient(
      of: batch, at: embedded, to: gradient, sums: &sums, from: loader, on: workers)
    embeddings.add(batch.tokens, consuming: gradient, to: &sums, on: workers)
    return sums
  }

  /// The gradient at the output of the last layer. A head that drafts is run on the way, while the output head is in
  /// memory.
  private func headGradient(
    at x: Matrix, draws: [Double], in batch: Batch, _ rotations: Rotations,
    sums: inout CalibrationSums
  ) throws -> Matrix {
    let norm = try finalNorm()
    let head = try outputHead()
    if let draft {
      try calibrateDraft(
        draft, beside: head, behind: norm(x, on: workers), draws: draws, in: batch, rotations,
        sums: &sums)
    }
    let dx = Matrix.zeros(rows: x.rows, columns: x.columns)
    for range in head.pieces(of: x) {
      let dHidden = head.gradient(
        at: norm(x.rows(range), on: workers), draws: Array(draws[range]), sums: &sums)
      norm.addGradient(at: x.rows(range), dHidden, to: dx.rows(range), on: workers)
    }
    return dx
  }
}

extension CalibrationSequence {
  /// For each token a number in 0 ..< 1.
  fileprivate var draws: [Double] {
    var random = SplitMix64(state: seed)
    return tokens.map { _ in random.fraction() }
  }
}
