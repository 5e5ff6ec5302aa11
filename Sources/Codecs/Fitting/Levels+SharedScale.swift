extension SharedScaleScheme.Levels {
  /// The scale, of fans of candidates, whose levels come closest to the ideal scales of blocks.
  ///
  /// - Parameters:
  ///   - targets: the ideal scales, weighted by what a squared deviation costs.
  ///   - smallest: the smallest that can be stored, to be tried where candidates round to zero.
  ///   - round: scales as the type stores them.
  func sharedScale(
    of targets: WeightedBlock, smallest: Float?, rounded round: (Lanes) -> Lanes
  ) -> Float {
    var largest: Float = 0
    for index in 0..<targets.count where abs(targets.x[index]) > abs(largest) {
      largest = targets.x[index]
    }
    guard largest != 0 else { return 0 }
    // The largest ideal scale meets the end of the levels, or is cut off.
    let end = Float(max(-lowest, highest))
    // level = step × k + odd with k an integer, so that affine trials can choose it.
    let first = (lowest - step + 1) / step
    let odd = Float(lowest - step * first)
    // Which end is a level longer hardly matters where there are many.
    let isSymmetric = lowest > 0 || Float(-lowest - highest) < 0.01 * end
    var chosen: (scale: Float, error: Float) = (0, .infinity)
    for fan in Self.fans {
      for sign: Float in isSymmetric ? [1] : [1, -1] {
        var scales = round(fan * (sign * largest / end))
        if scales[0] == 0, let smallest { scales[0] = sign * smallest }
        let trials = AffineTrials(scales: scales * Float(step), offsets: scales * odd)
        let best = trials.choice(targets, codes: first...first + count - 1)
        if best.error < chosen.error { chosen = (scales[best.lane], best.error) }
      }
    }
    return chosen.scale
  }

  /// Fine steps about the scale that just reaches the largest block, then ever coarser levels.
  ///
  /// Flat (`docs/constants.md`): a first scale from 1.04 to 1.13, and a step from 0.005 to 0.015, change
  /// the error by 0.1 % at most. The second fan gains 0.1 % for IQ1_M and the third nothing, on weights of
  /// four models: both are for rows of which one block stands far out.
  static let fans: [Lanes] = {
    var near = Lanes()
    var below = Lanes()
    var far = Lanes()
    for lane in 0..<16 {
      near[lane] = 1.07 - 0.01 * Float(lane)
      below[lane] = 0.91 - 0.012 * Float(lane)
      far[lane] =
        0.72 * Float(sign: .plus, exponent: -lane / 4, significand: 1)
        * [1, 0.84, 0.71, 0.595][lane % 4]
    }
    return [near, below, far]
  }()
}
