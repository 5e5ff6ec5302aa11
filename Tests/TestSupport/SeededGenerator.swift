package import Codecs

/// The random generator of tests, which gives the same numbers for the same seed on every machine.
package typealias SeededGenerator = SplitMix64

extension SplitMix64 {
  /// The generator that begins with a seed.
  package init(seed: UInt64) { self.init(state: seed) }

  /// Random bytes.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
