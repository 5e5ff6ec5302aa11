extension Network {
  /// What the output head sees of every token: the features behind the last norm, `tokens × width`,
  /// sequence after sequence.
  ///
  /// - Parameters:
  ///   - sequences: texts that do not see each other. Together they share the work of decoding
  ///     weights.
  ///   - progress: told after every layer.
  package func hiddenStates(
    of sequences: [[Int32]], progress: Progress = { _, _ in }
  ) throws -> Matrix {
    let batch = Batch(sequences)
    let rotations = try Rotations(self, length: batch.longest)
    var x = try embed(batch.tokens)
    for layer in 0..<parameters.layers {
      x = try block(layer, rotations)(x, in: batch, on: workers)
      try progress(layer + 1, parameters.layers)
    }
    return try finalNorm()(x, on: workers)
  }

  /// Reads the weights of the last layer.
  package func outputHead() throws -> OutputHead {
    OutputHead(
      projection: try head.load(from: weights, on: workers), cap: parameters.logitCap,
      workers: workers)
  }
}
