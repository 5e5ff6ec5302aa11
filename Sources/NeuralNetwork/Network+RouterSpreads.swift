import Codecs
import GGUF
import LinearAlgebra
import Synchronization
import Threads

extension Network {
  /// The same network, whose gradients count the choices of experts that errors of quantization may change (see
  /// `RoutingFlips`), with these spreads.
  ///
  /// - Parameter spreads: how far errors move what routers compare, by the names of the routers' weights.
  package func smoothingRouters(by spreads: [String: Float]) -> Network {
    var network = self
    network.loader.routerSpreads = spreads
    return network
  }

  /// Whether tokens are sent to experts.
  package var hasRouters: Bool { !routers.isEmpty }

  /// How far errors of quantization move what each router compares, by the names of the routers' weights: the
  /// standard deviation of how much the last chosen expert is ahead of the first that is not.
  ///
  /// The network runs as it is, and with all matrices but routers moved by noise, as large as types of about four bits
  /// make it. The deviation is 1.4826 times the median of what margins move by, so tokens that other experts reach
  /// count no more than any.
  ///
  /// - Parameters:
  ///   - sequences: texts to run, a few thousand tokens in all.
  ///   - progress: called after every layer of both runs.
  package func routerSpreads(
    over sequences: [[Int32]], progress: Progress = { _, _ in }
  ) throws -> [String: Float] {
    let routers = try RouterOutputs(self)
    try observe([[Batch(sequences)]], by: routers) { try progress($0, 2 * $1) }
    let outputs = routers.take()
    var moved = self
    moved.loader = WeightLoader(
      source: NoisyWeights(source: loader.source, spared: Set(self.routers.map(\.name))),
      arithmetic: loader.arithmetic, kept: nil)
    try moved.observe([[Batch(sequences)]], by: routers) { try progress($1 + $0, 2 * $1) }
    let others = routers.take()
    var spreads: [String: Float] = [:]
    for router in self.routers {
      guard let outputs = outputs[router.name], let others = others[router.name] else { continue }
      let bias = try router.tensors.bias.map { try loader.vector($0) }
      var moves: [Float] = []
      for token in 0..<outputs.rows {
        let (policy, row, other) = (router.tensors.policy, outputs.row(token), others.row(token))
        guard
          let (leaving, entering, margin) = policy.rivals(
            router.tensors.used, outputs: row, bias: bias)
        else { continue }
        let values = policy.values(outputs: other, bias: bias)
        moves.append(abs(values[leaving] - values[entering] - margin))
      }
      // Where all experts are chosen, none is at stake.
      guard !moves.isEmpty else { continue }
      let spread = 1.4826 * moves.sorted()[moves.count / 2]
      if spread > 0, spread.isFinite { spreads[router.name] = spread }
    }
    return spreads
  }

  private var routers: [(name: String, tensors: RoutingTensors)] {
    blocks.compactMap { block in block.routing.map { ($0.router.weights[0].name, $0) } }
  }

  /// Sees what routers read, and makes of it what they give without noise.
  private final class RouterOutputs: InputObserver {
    private let routers: [String: Projection]
    private let outputs = Mutex<[String: Matrix]>([:])

    init(_ network: Network) throws {
      routers = try Dictionary(
        uniqueKeysWithValues: network.routers.map { name, tensors in
          (name, try tensors.router.load(from: network.loader, on: network.workers))
        })
    }

    func observe(_ x: Matrix, of weight: String, slice: Int, on workers: Workers) {
      guard let router = routers[weight] else { return }
      let output = router(x, on: workers)
      outputs.withLock { $0[weight] = output }
    }

    /// The outputs of the last run.
    func take() -> [String: Matrix] {
      outputs.withLock { outputs in
        defer { outputs = [:] }
        return outputs
      }
    }
  }
}

/// The weights of a model with noise of the size of quantization to about four bits.
struct NoisyWeights: WeightSource {
  let source: any WeightSource
  /// Names of tensors that get none.
  let spared: Set<String>

  /// The variance of the noise, as a share of a row's mean square: types from `iq4_kss` to `q4_K` leave errors of 0.5 to
  /// 0.8 %.
  private static let relativeError: Float = 0.0032

  func read(
    _ tensor: TensorDescriptor, rows: Range<Int>, into weights: UnsafeMutableBufferPointer<Float>
  ) throws {
    try source.read(tensor, rows: rows, into: weights)
    guard tensor.rows > 1, !spared.contains(tensor.name) else { return }
    for (index, row) in rows.enumerated() {
      let columns = index * tensor.columns..<(index + 1) * tensor.columns
      let square = columns.reduce(Float(0)) { $0 + weights[$1] * weights[$1] }
      // Noise that is spread evenly between −a and a has the variance a²/3.
      let width = (3 * Self.relativeError * square / Float(tensor.columns)).squareRoot()
      var random = SplitMix64(state: UInt64(row) &* 0x9E37_79B9_7F4A_7C15 ^ tensor.nameSeed)
      for column in columns { weights[column] += width * Float(2 * random.fraction() - 1) }
    }
  }
}

extension TensorDescriptor {
  /// A number that differs from tensor to tensor, the same on every machine (FNV-1a).
  fileprivate var nameSeed: UInt64 {
    name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
