package import GGUF

extension NetworkPair {
  /// Whether the base can be run with this tensor alone as the quantized model has it.
  package func attributes(_ tensor: TensorDescriptor) -> Bool { base.place(of: tensor) != nil }

  /// Runs the base with one tensor at a time as the quantized model has it, and compares what it predicts with what it
  /// predicts as it is, at the same tokens as `divergences(over:)`.
  ///
  /// Layers in front of a tensor are run once for all, and a layer is decoded once for all that pass through it. All
  /// tensors together take about half as many runs as there are tensors, in half a gigabyte of memory beside the weights
  /// of a layer and the output head.
  ///
  /// - Parameters:
  ///   - tensors: those of the quantized model that are asked for, all of which `attributes(_:)` allows.
  ///   - sequences: texts that do not see each other, each of at least `shortestSequence` tokens.
  ///   - progress: called after every batch of sequences in every layer, and every sequence at the output.
  /// - Throws: `NonFiniteLogits`, and what reading the models throws.
  package func attributions(
    of tensors: [TensorDescriptor], over sequences: [[Int32]],
    progress: Network.Progress = { _, _ in }
  ) throws -> [TensorAttribution] {
    let plan = EvaluationRounds(
      sequences: sequences.count, longest: sequences.map(\.count).max() ?? 1,
      featuresPerToken: base.featuresPerToken * (tensors.count + 2))
    let places = tensors.compactMap(base.place)
    let layers = base.layers
    let runsOfLayers = places.reduce(layers) { runs, place in
      switch place {
      case .embeddings: runs + layers
      case .layer(let layer): runs + layers - layer
      case .output: runs
      }
    }
    let batches = plan.rounds.reduce(0) { $0 + plan.batches(Array($1)).count }
    let total = runsOfLayers * batches + sequences.count
    var done = 0
    var klds = [[Double]](repeating: [], count: tensors.count)
    for round in plan.rounds {
      let found = try VariantRound(
        self, tensors, over: plan.batches(Array(sequences[round]))
      ) {
        done += 1
        try progress(done, total)
      }.klds
      for index in klds.indices { klds[index] += found[index] }
    }
    return zip(tensors, klds).map { TensorAttribution(tensor: $0, kld: Estimate(meanOf: $1)) }
  }
}
