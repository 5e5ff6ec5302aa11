/// Counts magnitudes in bins of about 3 % width, so that a percentile of any number of them takes
/// constant memory. Counts add up to the same whatever the order.
struct MagnitudeHistogram: Sendable {
  // A bin is the exponent and the upper five bits of the significand.
  private static let shift: UInt32 = 18
  private var counts = [UInt64](repeating: 0, count: Int(0x7fff_ffff >> shift) + 1)

  /// Counts |x − y| of each pair as often as `multiplicity` says, to 1/256: an integer, so that the
  /// order of additions does not matter.
  mutating func add(
    _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>, multiplicity: Double
  ) {
    let step = UInt64((256 * multiplicity).rounded())
    counts.withUnsafeMutableBufferPointer { counts in
      for index in x.indices {
        let bits = (x[index] - y[index]).bitPattern & 0x7fff_ffff
        counts[Int(bits >> Self.shift)] &+= step
      }
    }
  }

  mutating func add(_ other: MagnitudeHistogram) {
    for bin in counts.indices { counts[bin] &+= other.counts[bin] }
  }

  /// The magnitude that a share of all stay below, interpolated within its bin; 0 where nothing was
  /// counted.
  func percentile(_ share: Double) -> Double {
    let total = counts.reduce(0, &+)
    let rank = share * Double(total)
    var below = 0.0
    for (bin, count) in counts.enumerated() where count > 0 {
      if below + Double(count) >= rank {
        let low = Double(Float(bitPattern: UInt32(bin) << Self.shift))
        let high = Double(Float(bitPattern: UInt32(bin + 1) << Self.shift))
        // The first bin holds zeros, the last infinities: neither has an inside.
        guard bin > 0, high.isFinite else { return low }
        return low + (high - low) * (rank - below) / Double(count)
      }
      below += Double(count)
    }
    return 0
  }
}
