import GGUF
package import LinearAlgebra

extension Network {
  /// Whether the model has a head that drafts.
  package var drafts: Bool { draft != nil }

  /// What the draft's output head sees at every token but the first of each sequence, sequence after sequence, of each
  /// batch; nil in a model without such a head.
  ///
  /// - Parameters:
  ///   - hidden: what the model's output head sees of every token of each batch.
  ///   - progress: called after every batch.
  package func draftStates(
    behind hidden: [Matrix], of batches: [Batch], progress: () throws -> Void = {}
  ) throws -> [Matrix]? {
    guard let draft else { return nil }
    let rotations = try Rotations(self, length: batches.map(\.longest).max() ?? 0)
    let drafter = try draft.load(rotations, from: loader, on: workers)
    return try zip(hidden, batches).map { hidden, batch in
      let places = DraftBatch(batch)
      let state = try drafter(
        places.featuresBefore(hidden), try embed(places, draft), in: places.batch, on: workers
      ).output
      try progress()
      return state
    }
  }

  /// Reads the output head of the draft, its own or the model's; nil in a model without a head that drafts.
  package func draftOutputHead() throws -> OutputHead? {
    try draft.map { draft in
      OutputHead(
        projection: try (draft.head ?? head).load(from: loader, on: workers),
        scale: parameters.logitScale, cap: parameters.logitCap, workers: workers)
    }
  }

  /// The embeddings of the tokens that the draft reads.
  func embed(_ places: DraftBatch, _ draft: DraftTensors) throws -> Matrix {
    try (draft.table ?? embeddings)(places.batch.tokens, from: loader.source, on: workers)
  }

  /// Sums up what the draft head's own weights meet.
  ///
  /// Gradients are those of the summed log-likelihood, under the draft, of labels that are sampled from the model's
  /// distribution of the same token.
  ///
  /// - Parameters:
  ///   - head: the model's output head.
  ///   - hidden: what it sees of every token.
  ///   - draws: for each token a number in 0 ..< 1 that chooses its label.
  func calibrateDraft(
    _ draft: DraftTensors, beside head: OutputHead, behind hidden: Matrix, draws: [Double],
    in batch: Batch, _ rotations: Rotations, sums: inout CalibrationSums
  ) throws {
    let places = DraftBatch(batch)
    guard !places.rows.isEmpty else { return }
    let drafter = try draft.load(rotations, from: loader, on: workers)
    let (output, trace) = try drafter(
      places.featuresBefore(hidden), try embed(places, draft), in: places.batch, on: workers)
    try checkFinite(output, behind: layers)

    let labels = head.labels(at: hidden, draws: draws)
    let ownHead = draft.head == nil ? nil : try draftOutputHead()
    let dOutput = draftGradient(
      ownHead ?? head, isOwn: ownHead != nil, at: output,
      labels: places.rows.map { labels[$0] }, sums: &sums)
    let dEmbeddings = try drafter.gradient(
      dOutput, along: trace, in: places.batch, sums: &sums, on: workers)
    draft.table?.add(places.batch.tokens, consuming: dEmbeddings, to: &sums, on: workers)
  }

  /// The gradient at what the draft's output head reads; `sums` gets what it met where it is the draft's own.
  private func draftGradient(
    _ head: OutputHead, isOwn: Bool, at output: Matrix, labels: [Int32],
    sums: inout CalibrationSums
  ) -> Matrix {
    let gradient = Matrix(rows: output.rows, columns: output.columns)
    for rows in head.pieces(of: output) {
      let dLogits = head.logitGradient(at: output.rows(rows), labels: Array(labels[rows]))
      if isOwn {
        sums.add(head.projection, inputs: output.rows(rows), gradients: dLogits, on: workers)
      }
      let piece = head.projection.gradient(dLogits, on: workers)
      for row in 0..<piece.rows {
        gradient[rows.lowerBound + row].update(from: piece[row], count: piece.columns)
      }
    }
    return gradient
  }
}
