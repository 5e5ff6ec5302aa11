/// What a generated token reads from memory, and how fast that is at most.
package struct TokenReading: Sendable {
  /// What is read from one memory.
  package struct Part: Sendable, Equatable {
    /// Bytes of weights.
    package let bytes: Int
    /// Bytes a second that the memory gives.
    package let bandwidth: Double

    package init(bytes: Int, bandwidth: Double) {
      self.bytes = bytes
      self.bandwidth = bandwidth
    }
  }

  /// By memory, the pools of a plan in their order.
  package let parts: [Part]
  /// Whether the user has said what the memory gives; a yardstick stands for it otherwise.
  package let isKnown: Bool
  /// The experts of a layer that are read; nil in a dense model.
  package let experts: TokenReads.Experts?

  /// The bandwidth that stands for an unknown one, in bytes a second: about that of two channels of DDR5-6400.
  package static let yardstick = 100e9

  /// What the tensors of these types and pools read.
  ///
  /// - Parameters:
  ///   - tensors: each with its rows, its bytes and the number of its pool.
  ///   - bandwidths: of each pool, or one for all, or none.
  package init(
    _ reads: TokenReads, tensors: [(name: String, rows: Int, bytes: Int, pool: Int)], pools: Int,
    bandwidths: [Double]
  ) {
    var bytes = [Double](repeating: 0, count: pools)
    for tensor in tensors {
      bytes[tensor.pool] += reads.share(of: tensor.name, rows: tensor.rows) * Double(tensor.bytes)
    }
    parts = bytes.enumerated().map { number, bytes in
      let bandwidth = number < bandwidths.count ? bandwidths[number] : bandwidths.first
      // A model has fewer than 2⁵³ bytes.
      return Part(bytes: Int(min(bytes, 0x1p53)), bandwidth: bandwidth ?? Self.yardstick)
    }
    isKnown = !bandwidths.isEmpty
    experts = reads.experts
  }

  /// Bytes of weights that a token reads.
  package var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }

  /// Tokens a second where nothing but reading weights takes time: one memory after the other, at an empty context.
  package var tokensPerSecond: Double {
    let seconds = parts.reduce(0) { $0 + Double($1.bytes) / $1.bandwidth }
    return seconds > 0 ? 1 / seconds : .infinity
  }
}
