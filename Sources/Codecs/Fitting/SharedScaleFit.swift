import KernelsC

/// Finds the scale, the levels, the shifts and the codes of blocks that share a scale.
///
/// The objective is Σ w (x − decoded)² itself. In three steps:
///
/// 1. Each block alone: the values nearest to x ÷ s for a fan of trial scales s, and for each the
///    least-squares scale Σwxv ÷ Σwv². The trial that explains most energy gives the block's ideal
///    scale, and Σwv² what a deviation from it costs.
/// 2. The shared scale: of a fan of candidates, the one whose levels come closest to the ideal
///    scales, at those costs.
/// 3. At that scale, exactly as it is stored, each block tries the levels around its ideal under both
///    shifts, with the type's real constraint on the codes. Then the shared scale moves to where these
///    levels and codes lose least. (Choosing levels again there hardly ever changes any.)
///
/// A type with one block a scale tries sixteen scales about the ideal one instead of steps 2 and 3.
struct SharedScaleFit: ~Copyable {
  private let scheme: SharedScaleScheme
  private let fan: Trials
  /// The ideal scale of each block, and what deviating from it costs.
  private let ideal: UnsafeMutablePointer<Float>
  private let cost: UnsafeMutablePointer<Float>
  /// The best scale of the other sign, where the quantizer makes that worth a try.
  private let opposite: UnsafeMutablePointer<Float>
  private var best: FittedBlocks

  /// - Parameter blocks: the most blocks that will share a scale.
  init(_ scheme: SharedScaleScheme, blocks: Int) {
    self.scheme = scheme
    fan = Self.fan(scheme.quantizer)
    ideal = .allocate(capacity: blocks)
    cost = .allocate(capacity: blocks)
    opposite = .allocate(capacity: blocks)
    best = FittedBlocks(blocks: blocks, blockSize: scheme.blockSize)
  }

  deinit {
    ideal.deallocate()
    cost.deallocate()
    opposite.deallocate()
    best.deallocate()
  }

  /// The best reconstruction found of the `blocks` blocks of `row` from weight `start` on. It is
  /// valid until the next call.
  mutating func fit(_ row: borrowing NormalizedRow, start: Int, blocks: Int) -> FittedBlocks {
    let first = row.block(at: start, size: scheme.blockSize)
    for index in 0..<blocks { findIdealScale(index, first.advanced(by: index)) }
    if scheme.levels.count == 1 {
      chooseScale(first, row)
      return best
    }
    best.scale = sharedScale(row, blocks: blocks)
    chooseLevels(first, blocks: blocks)
    refitScale(first, blocks: blocks, row)
    return best
  }

  // MARK: Step 1

  /// Trials of both signs and, where there is one, both shifts; scales relative to the one at which
  /// the largest weight meets the grid's end. The coarser the grid, the more it pays to clip.
  private static func fan(_ quantizer: BlockQuantizer) -> Trials {
    let smallest: Float =
      switch quantizer.size {
      case ...4: 0.40
      case ...8: 0.50
      case ...16: 0.62
      case ...32: 0.78
      default: 0.88
      }
    let count = quantizer.shift == 0 ? 8 : 4
    let step = (1.06 - smallest) / (Float(count) - 0.5)
    var fan = Trials()
    for lane in 0..<16 {
      let factor = smallest + step * (Float(lane % count) + 0.25)
      fan.scales[lane] = lane / count % 2 == 0 ? factor : -factor
      fan.shifts[lane] = lane < 8 ? 0 : quantizer.shift
    }
    return fan
  }

  private func findIdealScale(_ index: Int, _ block: WeightedBlock) {
    let end = block.summary.magnitude / scheme.quantizer.extreme
    let trials = Trials(scales: fan.scales * end, shifts: fan.shifts)
    let found = end > 0 ? scheme.quantizer.ideal(block, trials) : rk_ideal()
    ideal[index] = found.scale
    cost[index] = found.cost
    opposite[index] = 0
    guard scheme.quantizer.triesBothSigns, found.scale != 0 else { return }
    // The first half of the fan is positive.
    let half = fan.scales.lowHalf * (found.scale < 0 ? end : -end)
    let others = Trials(scales: Lanes(lowHalf: half, highHalf: half), shifts: fan.shifts)
    opposite[index] = scheme.quantizer.ideal(block, others).scale
  }

  // MARK: Step 2

  /// The best of the candidates for the shared scale, rounded as the type stores it.
  private func sharedScale(_ row: borrowing NormalizedRow, blocks: Int) -> Float {
    let targets = WeightedBlock(x: UnsafePointer(ideal), w: UnsafePointer(cost), count: blocks)
    return scheme.levels.sharedScale(
      of: targets, smallest: scheme.storesHalf ? row.smallestHalf : nil
    ) { scheme.storesHalf ? row.roundedToHalf($0) : $0 }
  }

  private func round(_ scale: Float, _ row: borrowing NormalizedRow) -> Float {
    scheme.storesHalf ? row.roundedToHalf(scale) : scale
  }

  // MARK: Step 3

  /// For a type without levels: fills `best` with the best of eight scales about the ideal one, and of
  /// eight at which the largest weight meets the grid's longer or shorter end, as they are stored. The
  /// latter are for blocks of few weights, where a scale that renders one of them exactly is best.
  private mutating func chooseScale(_ block: WeightedBlock, _ row: borrowing NormalizedRow) {
    let quantizer = scheme.quantizer
    let end = block.summary.magnitude / quantizer.extreme * (ideal[0] < 0 ? -1 : 1)
    // The finer the grid, the narrower the valley.
    let step = 0.2 / Float(quantizer.size)
    let span = 1.08 * quantizer.extreme / quantizer.otherExtreme - 0.98
    var trials = Trials()
    for lane in 0..<8 {
      trials.scales[lane] = ideal[0] * (1 + step * (Float(lane) - 4))
      trials.scales[8 + lane] = end * (0.98 + span * Float(lane) / 7)
    }
    trials.scales = row.roundedToHalf(trials.scales)
    if trials.scales[0] == 0 { trials.scales[0] = row.smallestHalf }
    best.scale = trials.scales[Int(quantizer.choice(block, trials).lane)]
    best.levels[0] = 1
    best.shifted[0] = 0
    quantizer.codes(block, scale: best.scale, shifted: false, into: best.codes)
  }

  /// Gives each block of `best` its best level and shift at the shared scale, and the codes.
  private func chooseLevels(_ first: WeightedBlock, blocks: Int) {
    let levels = scheme.levels
    let scale = best.scale
    let hasShift = scheme.quantizer.shift != 0
    let bothSigns = scheme.quantizer.triesBothSigns
    let inverse = scale == 0 ? 0 : 1 / scale
    for index in 0..<blocks {
      let block = first.advanced(by: index)
      // Consecutive levels: eight under each shift or about each ideal, or sixteen.
      let lowest = levels.window(
        hasShift || bothSigns ? 8 : 16, around: ideal[index] * inverse)
      let second =
        bothSigns
        ? levels.window(8, around: opposite[index] * inverse)
        : hasShift ? lowest : lowest + 8 * levels.step
      let low = SIMD8<Float>(repeating: Float(lowest)) + steps
      let high = SIMD8<Float>(repeating: Float(second)) + steps
      let trials = Trials(
        scales: Lanes(lowHalf: low, highHalf: high) * scale,
        shifts: Lanes(
          lowHalf: SIMD8(repeating: 0), highHalf: SIMD8(repeating: scheme.quantizer.shift)))
      let choice = scheme.quantizer.choice(block, trials)
      let lane = Int(choice.lane)
      let shifted = hasShift && lane >= 8
      best.levels[index] = Int16((lane < 8 ? lowest : second) + levels.step * (lane % 8))
      best.shifted[index] = shifted ? 1 : 0
      scheme.quantizer.codes(
        block, scale: trials.scales[lane], shifted: shifted,
        into: best.codes + index * scheme.blockSize)
    }
  }

  /// What the eight levels of a half of the lanes add to the lowest of them.
  private var steps: SIMD8<Float> {
    SIMD8(0, 1, 2, 3, 4, 5, 6, 7) * Float(scheme.levels.step)
  }

  /// Moves the scale of `best` to where its levels, shifts and codes lose least.
  private mutating func refitScale(
    _ first: WeightedBlock, blocks: Int, _ row: borrowing NormalizedRow
  ) {
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
    guard denominator > 0 else { return }
    let refitted = round(Float(numerator / denominator), row)
    // The error is a parabola of the scale with its vertex at the quotient: nearer is better, also
    // after rounding.
    let vertex = numerator / denominator
    if abs(Double(refitted) - vertex) < abs(Double(best.scale) - vertex) { best.scale = refitted }
  }
}
