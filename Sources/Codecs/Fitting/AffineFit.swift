import KernelsC

/// Finds scales and offsets of affine blocks, minimising Σ w (x − decoded)².
enum AffineFit {
  /// The best scale and offset of a block alone.
  ///
  /// A fan of sixteen trials spreads the codes over the block's range, from a little wider to
  /// clipped at both ends; each is improved three times by choosing nearest codes and solving for
  /// scale and offset by least squares.
  ///
  /// - Parameter offsetAtMostZero: whether the type can only subtract.
  static func ideal(_ block: WeightedBlock, high: Int, offsetAtMostZero: Bool) -> AffineBlock {
    let sums = block.summary
    let low = offsetAtMostZero ? min(sums.low, 0) : sums.low
    let range = sums.high - low
    guard range > 0 else {
      return AffineBlock(scale: 0, offset: offsetAtMostZero ? min(low, 0) : low)
    }
    let fan = high < 8 ? coarse : fine
    let scales = fan.scales * (range / Float(high))
    let offsets = fan.offsets * range + low
    let solution = withLanes(scales, offsets) { scales, offsets in
      Kernels.active.pointee.affine_ideal(
        block.x, block.w, Int32(block.count), Float(high), sums, offsetAtMostZero ? 1 : 0, 2,
        scales, offsets)
    }
    return AffineBlock(scale: solution.scale, offset: solution.offset)
  }

  /// Trials relative to codes that just span the block's range: the coarser the codes, the more it
  /// pays to clip.
  private static let fine = fan(clip: 0.012, slack: 0.03)
  private static let coarse = fan(clip: 0.1, slack: 0.12)

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
