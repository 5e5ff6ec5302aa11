package import LinearAlgebra

extension Network {
  /// What the output head sees of every token: the features behind the last norm, `tokens × width`,
  /// sequence after sequence.
  ///
  /// - Parameters:
  ///   - sequences: texts that do not see each other. Together they share the work of decoding
  ///     weights.
  ///   - progress: called after every layer.
  package func hiddenStates(
    of sequences: [[Int32]], progress: Progress = { _, _ in }
  ) throws -> Matrix {
    try hiddenStates(of: [Batch(sequences)], progress: progress)[0]
  }

  /// What the output head sees of every token of each batch.
  ///
  /// The weights of a layer are decoded once for all batches, so memory for activations is that of one
  /// batch, and beside it holds a row of features for every token.
  ///
  /// - Parameter progress: called after every batch in every layer.
  package func hiddenStates(
    of batches: [Batch], progress: Progress = { _, _ in }
  ) throws -> [Matrix] {
    let rotations = try Rotations(self, length: batches.map(\.longest).max() ?? 0)
    let steps = layers * batches.count
    var states = try batches.map { try embed($0) }
    for layer in 0..<layers {
      let block = try block(layer, rotations)
      for (index, batch) in batches.enumerated() {
        states[index] = try block(states[index], in: batch, on: workers)
        try progress(layer * batches.count + index + 1, steps)
      }
    }
    let norm = try finalNorm()
    return states.map { norm($0, on: workers) }
  }

  /// Reads the weights of the last layer.
  package func outputHead() throws -> OutputHead {
    OutputHead(
      projection: try head.load(from: loader, on: workers), scale: parameters.logitScale,
      cap: parameters.logitCap, workers: workers)
  }
}
