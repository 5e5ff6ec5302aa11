import KernelsC

/// The reconstruction x ≈ scale × code + offset of a block.
struct AffineBlock: BitwiseCopyable {
  var scale: Float = 0
  var offset: Float = 0

  /// The nearest codes, counted from the lowest of the range.
  func codes(
    _ block: WeightedBlock, range: ClosedRange<Int>, into codes: UnsafeMutablePointer<UInt8>
  ) {
    Kernels.active.pointee.affine_codes(
      block.x, Int32(block.count), Float(range.lowerBound), Float(range.upperBound), scale, offset,
      codes)
  }

  /// The best scale and offset of a block alone, minimising Σ w (x − decoded)².
  ///
  /// A fan of sixteen trials spreads the codes over the block's range, from a little wider to
  /// clipped at both ends; each is improved by choosing nearest codes and solving for scale and
  /// offset by least squares, in turns.
  ///
  /// - Parameter offsetAtMostZero: whether the type can only subtract.
  static func ideal(
    _ block: WeightedBlock, high: Int, offsetAtMostZero: Bool
  ) -> AffineBlock {
    let summary = block.summary
    let low = offsetAtMostZero ? min(summary.low, 0) : summary.low
    let range = summary.high - low
    guard range > 0 else {
      return AffineBlock(scale: 0, offset: offsetAtMostZero ? min(low, 0) : low)
    }
    let fan = high < 8 ? Search.coarse : Search.fine
    let scales = fan.scales * (range / Float(high))
    let offsets = fan.offsets * range + low
    let solution = withLanes(scales, offsets) { scales, offsets in
      Kernels.active.pointee.affine_ideal(
        block.x, block.w, Int32(block.count), Float(high), summary.sums, offsetAtMostZero ? 1 : 0,
        Search.turns, scales, offsets)
    }
    return AffineBlock(scale: solution.scale, offset: solution.offset)
  }

  private enum Search {
    /// How often each trial's codes and its scale and offset are fitted to each other. Once makes the error
    /// 1.2 % larger and saves a tenth of the time; three times bring 0.3 % for a tenth more.
    static let turns: Int32 = 2

    /// Trials relative to codes that just span the block's range: the coarser the codes, the more it
    /// pays to clip.
    ///
    /// Optima (`docs/constants.md`): a clip of 0.009 to 0.03 and a slack of 0.025 to 0.04 change the error
    /// by 0.3 % at most; without clip it is 2.5 % larger, as with a slack of 0.01. The coarse fan, of Q2_K
    /// alone, is flat to 0.2 % from 0.07 to 0.16 and from 0.1 to 0.2; with the fine one Q2_K loses 0.8 % more.
    static let fine = fan(clip: 0.012, slack: 0.03)
    static let coarse = fan(clip: 0.1, slack: 0.12)

    private static func fan(clip: Float, slack: Float) -> AffineTrials {
      var trials = AffineTrials()
      for lane in 0..<16 {
        let cut = clip * (Float(lane / 4) - 0.5)
        trials.scales[lane] = (1 - 2 * cut) * (1 + slack * (Float(lane % 4) - 1))
        trials.offsets[lane] = cut
      }
      return trials
    }
  }
}
