import GGUF
import LinearAlgebra

extension Network {
  /// Runs groups of sequences forward, layer by layer, and shows an observer what every linear layer reads, behind the
  /// layers the output head, and then the layers of a head that drafts.
  ///
  /// All tokens' features between layers are in memory, the weights of one layer, and activations of one batch.
  ///
  /// - Parameters:
  ///   - progress: called after every batch in every layer.
  ///   - isThrough: called when a group has gone through a layer, with the number of the layer and that of the group. Each
  ///     head counts as one more layer.
  package func observe(
    _ groups: [[Batch]], by observer: any InputObserver, progress: Progress = { _, _ in },
    isThrough: (_ layer: Int, _ group: Int) throws -> Void = { _, _ in }
  ) throws {
    let batches = groups.flatMap(\.self)
    let rotations = try Rotations(self, length: batches.map(\.longest).max() ?? 0)
    var states: [[Matrix]] = []
    let steps = (layers + (drafts ? 2 : 1)) * batches.count
    var done = 0
    func step() throws {
      done += 1
      try progress(done, steps)
    }

    var loader = loader
    loader.observer = observer
    for layer in 0..<layers {
      let block = try blocks[layer].load(rotations, from: loader, on: workers)
      for (group, batches) in groups.enumerated() {
        // What layers are given of the tokens belongs to the first.
        if layer == 0 { states.append(try batches.map { try embed($0, observer: observer) }) }
        for (index, batch) in batches.enumerated() {
          states[group][index] = try block(states[group][index], in: batch, on: workers)
          try checkFinite(states[group][index], behind: layer)
          try step()
        }
        try isThrough(layer, group)
      }
    }

    let norm = try finalNorm()
    for group in groups.indices {
      for (index, state) in states[group].enumerated() {
        let hidden = norm(state, on: workers)
        states[group][index] = hidden
        observer.observe(hidden, of: head.weights[0].name, slice: 0, on: workers)
        try step()
      }
      try isThrough(layers, group)
    }

    guard let draft else { return }
    let drafter = try draft.load(rotations, from: loader, on: workers)
    for (group, batches) in groups.enumerated() {
      for (state, batch) in zip(states[group], batches) {
        let places = DraftBatch(batch)
        if !places.rows.isEmpty {
          let output = try drafter(
            places.featuresBefore(state), try embed(places, draft), in: places.batch, on: workers
          ).output
          if let head = draft.head {
            observer.observe(output, of: head.weights[0].name, slice: 0, on: workers)
          }
        }
        try step()
      }
      try isThrough(layers + 1, group)
    }
  }
}
