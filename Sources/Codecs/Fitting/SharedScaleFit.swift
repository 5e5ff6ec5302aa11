/// Finds the scale, the levels, the shifts and the codes of blocks that share a scale.
///
/// The objective is Σ w (x − decoded)² itself. In three steps:
///
/// 1. Each block alone: the values nearest to x ÷ s for a fan of trial scales s, and for each the
///    least-squares scale Σwxv ÷ Σwv². The trial that explains most energy gives the block's ideal
///    scale, and Σwv² what a deviation from it costs.
/// 2. The shared scale: of a fan of candidates, the one whose levels come closest to the ideal
///    scales, at those costs.
/// 3. At that scale, exactly as it is stored, each block tries the levels around its ideal under
///    both shifts, with the type's real constraint on the codes. Then the shared scale is refitted
///    to the codes by least squares and the step repeated once; more hardly ever helps.
struct SharedScaleFit: ~Copyable {
  private let scheme: SharedScaleScheme
  private let capacity: Int
  private let factors: Lanes
  /// Ideal scale and cost of each block, unshifted in the first half, shifted in the second.
  private let ideal: UnsafeMutablePointer<Float>
  private let cost: UnsafeMutablePointer<Float>
  /// Of the shift that explains more, what step 2 looks at.
  private let target: UnsafeMutablePointer<Float>
  private let weight: UnsafeMutablePointer<Float>
  private var best: FittedBlocks
  private var trial: FittedBlocks

  /// - Parameter blocks: the most blocks that will share a scale.
  init(_ scheme: SharedScaleScheme, blocks: Int) {
    self.scheme = scheme
    capacity = blocks
    factors = Self.factors(scheme.quantizer)
    ideal = .allocate(capacity: 2 * blocks)
    cost = .allocate(capacity: 2 * blocks)
    target = .allocate(capacity: blocks)
    weight = .allocate(capacity: blocks)
    best = FittedBlocks(blocks: blocks, blockSize: scheme.blockSize)
    trial = FittedBlocks(blocks: blocks, blockSize: scheme.blockSize)
  }

  deinit {
    ideal.deallocate()
    cost.deallocate()
    target.deallocate()
    weight.deallocate()
    best.deallocate()
    trial.deallocate()
  }

  /// The best reconstruction found of the `blocks` blocks of `row` from weight `start` on. It is
  /// valid until the next call.
  mutating func fit(_ row: borrowing NormalizedRow, start: Int, blocks: Int) -> FittedBlocks {
    let first = row.block(at: start, size: scheme.blockSize)
    for index in 0..<blocks { findIdealScale(index, first.advanced(by: index)) }
    let scale = sharedScale(row, blocks: blocks)
    chooseLevels(first, blocks: blocks, scale: scale)
    swap(&best, &trial)
    let refitted = round(refittedScale(first, blocks: blocks), row)
    if refitted != scale {
      chooseLevels(first, blocks: blocks, scale: refitted)
      if trial.error < best.error { swap(&best, &trial) }
    }
    return best
  }

  // MARK: Step 1

  /// Trial scales relative to the one at which the largest weight meets the grid's end, of both
  /// signs. The coarser the grid, the more it pays to clip.
  private static func factors(_ quantizer: BlockQuantizer) -> Lanes {
    let smallest: Float =
      switch quantizer.size {
      case ...4: 0.40
      case ...8: 0.50
      case ...16: 0.62
      case ...32: 0.78
      default: 0.88
      }
    var factors = Lanes()
    for trial in 0..<8 {
      let factor = smallest + (1.06 - smallest) * Float(trial) / 7
      factors[trial] = factor
      factors[8 + trial] = -factor
    }
    return factors
  }

  private var shiftCount: Int { scheme.quantizer.shift == 0 ? 1 : 2 }

  private func findIdealScale(_ index: Int, _ block: WeightedBlock) {
    let end = block.largestMagnitude / scheme.quantizer.extreme
    var most: Float = -1
    target[index] = 0
    weight[index] = 0
    for shifted in 0..<shiftCount {
      let slot = shifted * capacity + index
      ideal[slot] = 0
      cost[slot] = 0
      guard end > 0 else { continue }
      let shift = shifted == 0 ? 0 : scheme.quantizer.shift
      let trials = Trials(scales: factors * end, shifts: Lanes(repeating: shift))
      var wxv = Lanes()
      var wvv = Lanes()
      scheme.quantizer.moments(block, trials, &wxv, &wvv)
      var explained: Float = -1
      for lane in 0..<16 where wvv[lane] > 0 {
        let energy = wxv[lane] * wxv[lane] / wvv[lane]
        guard energy > explained else { continue }
        explained = energy
        ideal[slot] = wxv[lane] / wvv[lane]
        cost[slot] = wvv[lane]
      }
      if explained > most {
        most = explained
        target[index] = ideal[slot]
        weight[index] = cost[slot]
      }
    }
  }

  // MARK: Step 2

  /// The best of the candidates for the shared scale, rounded as the type stores it.
  private func sharedScale(_ row: borrowing NormalizedRow, blocks: Int) -> Float {
    var largest: Float = 0
    for index in 0..<blocks where abs(target[index]) > abs(largest) { largest = target[index] }
    guard largest != 0 else { return 0 }
    let levels = scheme.levels
    if levels.count == 1 { return round(largest, row) }
    // The largest ideal scale meets the end of the levels, or is cut off.
    let end = Float(max(-levels.lowest, levels.highest))
    let step = Float(levels.step)
    // level = step × k + odd with k an integer, so that affine trials can choose it.
    let lowest = (levels.lowest - levels.step + 1) / levels.step
    let odd = Float(levels.lowest - levels.step * lowest)
    let range = lowest...lowest + levels.count - 1
    let targets = WeightedBlock(x: UnsafePointer(target), w: UnsafePointer(weight), count: blocks)
    var chosen: (scale: Float, error: Float) = (0, .infinity)
    for fan in Self.fans {
      for sign: Float in levels.lowest == -levels.highest ? [1] : [1, -1] {
        var scales = Lanes()
        for lane in 0..<16 { scales[lane] = round(sign * fan[lane] * largest / end, row) }
        let trials = AffineTrials(scales: scales * step, offsets: scales * odd)
        let errors = trials.errors(targets, codes: range)
        let lane = errors.indexOfSmallest
        if errors[lane] < chosen.error { chosen = (scales[lane], errors[lane]) }
      }
    }
    return chosen.scale
  }

  /// Fine steps about the scale that just reaches the largest block, then ever coarser levels.
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

  private func round(_ scale: Float, _ row: borrowing NormalizedRow) -> Float {
    scheme.storesHalf ? row.roundedToHalf(scale) : scale
  }

  // MARK: Step 3

  /// Fills `trial` with each block's best level and shift at a scale, the codes, and the error.
  private mutating func chooseLevels(_ first: WeightedBlock, blocks: Int, scale: Float) {
    let levels = scheme.levels
    let width = 16 / shiftCount
    let inverse = scale == 0 ? 0 : 1 / scale
    trial.scale = scale
    trial.error = 0
    for index in 0..<blocks {
      let block = first.advanced(by: index)
      // Lanes below `width` try consecutive levels unshifted, the others shifted.
      var lowest = (levels.window(width, around: ideal[index] * inverse), 0)
      if shiftCount == 2 {
        lowest.1 = levels.window(width, around: ideal[capacity + index] * inverse)
      } else {
        lowest.1 = lowest.0 + levels.step * 8
      }
      let low = SIMD8<Float>(repeating: Float(lowest.0)) + steps
      let high = SIMD8<Float>(repeating: Float(lowest.1)) + steps
      let trials = Trials(
        scales: Lanes(lowHalf: low, highHalf: high) * scale,
        shifts: Lanes(
          lowHalf: SIMD8(repeating: 0), highHalf: SIMD8(repeating: scheme.quantizer.shift)))
      var errors = Lanes()
      scheme.quantizer.errors(block, trials, &errors)
      let lane = levels.count == 1 ? 0 : errors.indexOfSmallest
      let shifted = lane >= width
      let level = (lane < 8 ? lowest.0 : lowest.1) + levels.step * (lane % 8)
      trial.error += Double(errors[lane])
      trial.levels[index] = Int16(level)
      trial.shifted[index] = shifted ? 1 : 0
      scheme.quantizer.codes(
        block, scale: trials.scales[lane], shifted: shifted,
        into: trial.codes + index * scheme.blockSize)
    }
  }

  /// What the eight levels of a half of the lanes add to the lowest of them.
  private var steps: SIMD8<Float> {
    SIMD8(0, 1, 2, 3, 4, 5, 6, 7) * Float(scheme.levels.step)
  }

  /// The scale that minimises the error of `best` with its levels, shifts and codes kept.
  private func refittedScale(_ first: WeightedBlock, blocks: Int) -> Float {
    var numerator = 0.0
    var denominator = 0.0
    for index in 0..<blocks {
      let block = first.advanced(by: index)
      let codes = best.codes + index * scheme.blockSize
      let values = scheme.quantizer.values(shifted: best.shifted[index] != 0)
      var wxv: Float = 0
      var wvv: Float = 0
      for j in 0..<scheme.blockSize {
        let v = values[Int(codes[j])]
        wxv += block.w[j] * block.x[j] * v
        wvv += block.w[j] * v * v
      }
      let level = Double(best.levels[index])
      numerator += level * Double(wxv)
      denominator += level * level * Double(wvv)
    }
    return denominator > 0 ? Float(numerator / denominator) : 0
  }
}
