import GGUF
package import Statistics

extension Network {
  /// The places of which second moments are taken, layer by layer, behind them that of the output head, and at last those
  /// of a head that drafts.
  package var secondMomentSites: [SecondMomentSite] { secondMomentSitesByLayer.flatMap(\.self) }

  private var secondMomentSitesByLayer: [[SecondMomentSite]] {
    var sites = blocks.map(\.secondMomentSites) + [[SecondMomentSite(of: [head])]]
    // What all layers are given is made on the way to the first.
    if let layerInputs { sites[0].insert(SecondMomentSite(of: [layerInputs.projection]), at: 0) }
    return sites + (draft.map { [$0.secondMomentSites] } ?? [])
  }

  /// Runs sequences forward, and sums up Σ x xᵀ of what linear layers read, half of the text by half: the first, third
  /// and so on sequence are the first half.
  ///
  /// The sums of one layer and one half are in memory at a time, beside what `observe` needs. They are the same bits for
  /// any number of threads.
  ///
  /// - Parameters:
  ///   - progress: called after every batch in every layer.
  ///   - write: given the number of the site among `secondMomentSites`, the half, and the sums of each slice, nil of those
  ///     that no token of the half reached.
  /// - Throws: `NetworkError` where features are too large to compute with, and what reading the model and `write` throw.
  package func takeSecondMoments(
    of sequences: [[Int32]], progress: Progress = { _, _ in },
    write: (_ site: Int, _ half: Int, _ slices: [TriangleSums?]) throws -> Void
  ) throws {
    let layers = secondMomentSitesByLayer
    let sums = SecondMomentSums(secondMomentSites, arithmetic)
    let longest = sequences.map(\.count).max() ?? 1
    let size = max(1, tokensPerMomentBatch / longest)
    let halves = (0..<2).map { half in
      let own = stride(from: half, to: sequences.count, by: 2).map { sequences[$0] }
      return stride(from: 0, to: own.count, by: size).map {
        Batch(Array(own[$0..<min($0 + size, own.count)]))
      }
    }
    try observe(halves, by: sums, progress: progress) { layer, half in
      let first = layers[..<layer].reduce(0) { $0 + $1.count }
      for (offset, site) in layers[layer].enumerated() {
        let slices = sums.take(site)
        guard slices.allSatisfy({ $0?.isFinite ?? true }) else {
          throw NetworkError(path: path, .moments(weight: site.weights[0]))
        }
        try write(first + offset, half, slices)
      }
    }
  }

  /// The tokens that run through a layer together: enough to be worth decoding experts for, but few enough for
  /// activations, about three times the widest features of a layer, to take 256 MiB.
  private var tokensPerMomentBatch: Int {
    let widest = secondMomentSites.reduce(1) { max($0, $1.columns) }
    return min(2048, (256 << 20) / (3 * MemoryLayout<Float>.size * widest))
  }
}

extension SecondMomentSite {
  /// The place where projections read the same features, the first of them all of those.
  init(of projections: [ProjectionTensors], slices: Int = 1) {
    let weights = projections.flatMap(\.weights)
    self.init(weights: weights.map(\.name), columns: weights[0].columns, slices: slices)
  }
}
