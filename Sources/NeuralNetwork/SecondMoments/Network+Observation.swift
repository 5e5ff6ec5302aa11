import GGUF
import LinearAlgebra

extension Network {
  /// Runs groups of sequences forward, layer by layer, and shows an observer what every linear layer reads, the output
  /// head as the last.
  ///
  /// All tokens' features between layers are in memory, the weights of one layer, and activations of one batch.
  ///
  /// - Parameters:
  ///   - progress: called after every batch in every layer.
  ///   - isThrough: called when a group has gone through a layer, with the number of the layer and that of the group. The
  ///     head counts as one more layer.
  package func observe(
    _ groups: [[Batch]], by observer: any InputObserver, progress: Progress = { _, _ in },
    isThrough: (_ layer: Int, _ group: Int) throws -> Void = { _, _ in }
  ) throws {
    let batches = groups.flatMap(\.self)
    let rotations = try Rotations(self, length: batches.map(\.longest).max() ?? 0)
    var states = try groups.map { try $0.map { try embed($0.tokens) } }
    let steps = (layers + 1) * batches.count
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
      for state in states[group] {
        observer.observe(
          norm(state, on: workers), of: head.weights[0].name, slice: 0, on: workers)
        try step()
      }
      try isThrough(layers, group)
    }
  }
}
