/// How a family of types builds a weight: scale × level × value(code).
///
/// Blocks that share one stored `scale` each have an integer `level`; a code picks one of the
/// quantizer's values, which a block may shift. A type with one block a scale has the single
/// level 1.
struct SharedScaleScheme: Sendable {
  let quantizer: BlockQuantizer
  /// Weights that share a level: 16 or 32.
  let blockSize: Int
  let levels: Levels
  let scope: Scope

  /// The levels `lowest, lowest + step … highest`.
  struct Levels: Sendable {
    let lowest: Int
    let highest: Int
    var step = 1

    static let one = Levels(lowest: 1, highest: 1)

    var count: Int { (highest - lowest) / step + 1 }

    /// The lowest of `width` consecutive levels that hold the one nearest to `ratio` in their middle,
    /// or as near to it as the range allows.
    @inline(__always)
    func window(_ width: Int, around ratio: Float) -> Int {
      let last = max(count - width, 0)
      let place = (ratio - Float(lowest)) / Float(step) - Float(width / 2) + 0.5
      // Clamped as floats: the ratio may be anything. Truncation rounds to the nearest level here.
      return lowest + step * Int(max(0, min(place, Float(last))))
    }
  }

  /// Which weights share a scale, and how it is stored.
  enum Scope: Sendable {
    /// A half for each block.
    case block
    /// A half for each 256 weights.
    case superblock
    /// A 32-bit float, or a half, at the start of the row.
    case row(half: Bool)
  }

  /// Whether the scale is stored as a half.
  var storesHalf: Bool {
    if case .row(let half) = scope { half } else { true }
  }
}
