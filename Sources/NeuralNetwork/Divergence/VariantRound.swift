import GGUF
import LinearAlgebra
import Synchronization
import Threads

/// Some sequences that go through the base and through its variants, each of which has one tensor of another model.
struct VariantRound {
  /// The features of every batch in one network.
  private struct Run {
    let network: Network
    var batches: [Batch]
    var states: [Matrix]

    /// A run that begins at the tokens.
    init(_ network: Network, over batches: [Batch]) throws {
      (self.network, self.batches) = (network, batches)
      states = try batches.map { try network.embed($0) }
    }

    /// A run that goes on in another network.
    init(_ run: Run, in network: Network) {
      self.network = network
      (batches, states) = (run.batches.map { $0.fork() }, run.states)
    }

    mutating func pass(_ block: Block, step: () throws -> Void) throws {
      for index in batches.indices {
        states[index] = try block(states[index], in: batches[index], on: network.workers)
        try step()
      }
    }

    /// What the output head sees of each sequence at the tokens that are compared.
    func hidden() throws -> [Matrix] {
      let norm = try network.finalNorm()
      return zip(states, batches).flatMap { state, batch in
        let hidden = norm(state, on: network.workers)
        return batch.sequences.map { rows in
          let compared = NetworkPair.comparedPositions(ofTokens: rows.count)
          return hidden.rows(
            rows.lowerBound + compared.lowerBound..<rows.lowerBound + compared.upperBound)
        }
      }
    }
  }

  /// For each tensor the KLD at every token that is compared.
  let klds: [[Double]]

  /// - Parameter step: called after every batch in every layer, and every sequence at the output.
  init(
    _ pair: NetworkPair, _ tensors: [TensorDescriptor], over batches: [[[Int32]]],
    step: () throws -> Void
  ) throws {
    let base = pair.base
    let places = tensors.map(base.place)
    func network(_ index: Int) -> Network { base.swapping(tensors[index], from: pair.quantized) }

    var run = try Run(base, over: batches.map(Batch.init))
    var variants: [Int: Run] = [:]
    for index in tensors.indices where places[index] == .embeddings {
      variants[index] = try Run(network(index), over: batches.map(Batch.init))
    }
    let rotations = try Rotations(base, length: batches.joined().map(\.count).max() ?? 0)
    for layer in 0..<base.layers {
      let block = try base.block(layer, rotations)
      for index in variants.keys.sorted() { try variants[index]?.pass(block, step: step) }
      for index in tensors.indices where places[index] == .layer(layer) {
        var variant = Run(run, in: network(index))
        try variant.pass(try variant.network.block(layer, rotations), step: step)
        variants[index] = variant
      }
      try run.pass(block, step: step)
    }
    for index in tensors.indices where places[index] == .output {
      variants[index] = Run(run, in: network(index))
    }
    klds = try Self.compare(run, tensors.indices.compactMap { variants[$0] }, places, step: step)
  }

  /// The KLD of every variant at every token.
  private static func compare(
    _ base: Run, _ variants: [Run], _ places: [Network.Place?], step: () throws -> Void
  ) throws -> [[Double]] {
    let head = try base.network.outputHead()
    let heads = try zip(variants, places).map { variant, place in
      if case .layer = place { head } else { try variant.network.outputHead() }
    }
    let hidden = try base.hidden()
    let hiddenOfVariants = try variants.map { try $0.hidden() }
    var klds = [[Double]](repeating: [], count: variants.count)
    for sequence in hidden.indices {
      for rows in head.pieces(of: hidden[sequence]) {
        let logits = head.logits(of: hidden[sequence].rows(rows))
        for variant in variants.indices {
          let others = heads[variant].logits(of: hiddenOfVariants[variant][sequence].rows(rows))
          klds[variant] += base.network.divergences(of: others, from: logits)
        }
      }
      try step()
    }
    guard klds.joined().allSatisfy(\.isFinite) else {
      throw NonFiniteLogits(base: base.network.path, quantized: base.network.path)
    }
    return klds
  }
}

extension Network {
  /// The KLD of every row of logits from those of a base.
  fileprivate func divergences(of logits: Matrix, from base: Matrix) -> [Double] {
    let klds = Mutex([Double](repeating: 0, count: logits.rows))
    workers.forEach(logits.rows) { row in
      let kld = TokenDivergence(base: base.row(row), quantized: logits.row(row), next: 0).kld
      klds.withLock { $0[row] = kld }
    }
    return klds.withLock { $0 }
  }
}
