import GGUF
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
///
/// A unit rounded to another target goes through the first step and the level, shift and codes of the third;
/// one that has a scale of its own, through all.
final class SharedScaleFit: RowFit {
  private let scheme: SharedScaleScheme
  private let fan: Trials
  private let window: LevelWindow
  private let blocks: Int
  private let blocksPerScale: Int
  /// The ideal scale of each block, and what deviating from it costs.
  private let ideal: AlignedBuffer<Float>
  private let cost: AlignedBuffer<Float>
  /// The best scale of the other sign, where the quantizer makes that worth a try.
  private let opposite: AlignedBuffer<Float>

  /// The shared scales, of the normalised row, exactly as they are stored.
  let scales: AlignedBuffer<Float>
  private let blockLevels: AlignedBuffer<Int16>
  private let shifted: AlignedBuffer<UInt8>
  private let codes: AlignedBuffer<UInt8>

  init(_ scheme: SharedScaleScheme, columns: Int) {
    self.scheme = scheme
    fan = Self.fan(scheme.quantizer)
    window = LevelWindow(scheme)
    blocks = columns / scheme.blockSize
    blocksPerScale =
      switch scheme.scope {
      case .block: 1
      case .superblock: 256 / scheme.blockSize
      case .row: blocks
      }
    ideal = AlignedBuffer(count: blocks)
    cost = AlignedBuffer(count: blocks)
    opposite = AlignedBuffer(count: blocks)
    scales = AlignedBuffer(count: blocks / max(blocksPerScale, 1))
    blockLevels = AlignedBuffer(count: blocks)
    shifted = AlignedBuffer(count: blocks)
    codes = AlignedBuffer(count: columns)
  }

  var unitColumns: Int { scheme.blockSize }

  func prepare(_ row: NormalizedRow) {
    for number in 0..<blocks / blocksPerScale {
      let group = number * blocksPerScale..<(number + 1) * blocksPerScale
      for index in group { findIdealScale(index, self.block(index, of: row)) }
      if scheme.levels.count == 1 {
        chooseScale(number, self.block(number, of: row), row)
      } else {
        scales[number] = sharedScale(group, row)
        for index in group {
          chooseLevel(index, self.block(index, of: row), scale: scales[number])
        }
        scales[number] = refittedScale(scales[number], group, row)
      }
    }
  }

  func round(_ unit: Int, to block: WeightedBlock, of row: NormalizedRow) {
    findIdealScale(unit, block)
    if scheme.levels.count == 1 {
      chooseScale(unit, block, row)
    } else {
      chooseLevel(unit, block, scale: scale(of: unit))
    }
  }

  var levels: UnsafePointer<rk_levels>? { scheme.quantizer.levels }

  func scaling(of unit: Int, in row: NormalizedRow) -> AffineBlock {
    let scale = scale(of: unit) * Float(blockLevels[unit])
    return AffineBlock(
      scale: scale, offset: shifted[unit] != 0 ? scale * scheme.quantizer.shift : 0)
  }

  func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int) {
    let size = scheme.blockSize
    for j in 0..<size { self.codes[unit * size + j] = codes[j * stride] }
  }

  /// The scale that a block shares.
  func scale(of block: Int) -> Float { scales[block / blocksPerScale] }

  /// The blocks from number `first` on.
  func blocks(from first: Int) -> SharedScaleBlocks {
    SharedScaleBlocks(
      levels: blockLevels.start + first, shifted: shifted.start + first,
      codes: codes.start + first * scheme.blockSize)
  }

  /// The largest magnitude of a weight in units of the scale.
  var largestFactor: Float {
    let level = blockLevels.values.reduce(0) { max($0, abs(Int($1))) }
    return Float(level) * (scheme.quantizer.extreme + scheme.quantizer.shift)
  }

  private func block(_ index: Int, of row: NormalizedRow) -> WeightedBlock {
    row.block(at: index * scheme.blockSize, size: scheme.blockSize)
  }

  // MARK: Step 1

  /// Trials of both signs and, where there is one, both shifts; scales relative to the one at which
  /// the largest weight meets the grid's end.
  private static func fan(_ quantizer: BlockQuantizer) -> Trials {
    let smallest = Search.smallest(quantizer.size)
    let count = quantizer.shift == 0 ? 8 : 4
    let step = (Search.greatest - smallest) / (Float(count) - 0.5)
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
    let found = end > 0 ? scheme.quantizer.ideal(block, trials) : .zero
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
  private func sharedScale(_ group: Range<Int>, _ row: NormalizedRow) -> Float {
    let targets = WeightedBlock(
      x: ideal.start + group.lowerBound, w: cost.start + group.lowerBound, count: group.count)
    return scheme.levels.sharedScale(
      of: targets, smallest: scheme.storesHalf ? row.smallestHalf : nil
    ) { scheme.storesHalf ? row.roundedToHalf($0) : $0 }
  }

  // MARK: Step 3

  /// For a type without levels: the best of eight scales about the ideal one, and of eight at which the
  /// largest weight meets the grid's longer or shorter end, as they are stored, and the codes. The latter are
  /// for blocks of few weights, where a scale that renders one of them exactly is best.
  private func chooseScale(_ index: Int, _ block: WeightedBlock, _ row: NormalizedRow) {
    let quantizer = scheme.quantizer
    let end = block.summary.magnitude / quantizer.extreme * (ideal[index] < 0 ? -1 : 1)
    // The finer the grid, the narrower the valley.
    let step = Search.valley / Float(quantizer.size)
    let span =
      Search.ends.upperBound * quantizer.extreme / quantizer.otherExtreme
      - Search.ends.lowerBound
    var trials = Trials()
    for lane in 0..<8 {
      trials.scales[lane] = ideal[index] * (1 + step * (Float(lane) - 4))
      trials.scales[8 + lane] = end * (Search.ends.lowerBound + span * Float(lane) / 7)
    }
    trials.scales = row.roundedToHalf(trials.scales)
    if trials.scales[0] == 0 { trials.scales[0] = row.smallestHalf }
    scales[index] = trials.scales[quantizer.choice(block, trials).lane]
    blockLevels[index] = 1
    shifted[index] = 0
    quantizer.codes(
      block, scale: scales[index], shifted: false, into: codes.start + index * scheme.blockSize)
  }

  /// Gives a block its best level and shift at the shared scale, and the codes.
  private func chooseLevel(_ index: Int, _ block: WeightedBlock, scale: Float) {
    let inverse = scale == 0 ? 0 : 1 / scale
    let lowest = scheme.levels.window(window.width, around: ideal[index] * inverse)
    let second =
      window.triesBothSigns
      ? scheme.levels.window(8, around: opposite[index] * inverse) : lowest + window.distance
    let low = SIMD8<Float>(repeating: Float(lowest)) + window.steps
    let high = SIMD8<Float>(repeating: Float(second)) + window.steps
    let trials = Trials(
      scales: Lanes(lowHalf: low, highHalf: high) * scale, shifts: window.shifts)
    let lane = scheme.quantizer.choice(block, trials).lane
    let isShifted = window.hasShift && lane >= 8
    blockLevels[index] = Int16((lane < 8 ? lowest : second) + scheme.levels.step * (lane % 8))
    shifted[index] = isShifted ? 1 : 0
    scheme.quantizer.codes(
      block, scale: trials.scales[lane], shifted: isShifted,
      into: codes.start + index * scheme.blockSize)
  }

  /// The scale, as it is stored, where the levels, shifts and codes of some blocks lose least.
  private func refittedScale(
    _ scale: Float, _ group: Range<Int>, _ row: NormalizedRow
  ) -> Float {
    var numerator = 0.0
    var denominator = 0.0
    let size = scheme.blockSize
    for index in group {
      let (x, w) = (row.x + index * size, row.w + index * size)
      let codes = codes.start + index * size
      let values = scheme.quantizer.values(shifted: shifted[index] != 0)
      var wxv: Float = 0
      var wvv: Float = 0
      for j in 0..<size {
        let v = values[Int(codes[j])]
        wxv += w[j] * x[j] * v
        wvv += w[j] * v * v
      }
      let level = Double(blockLevels[index])
      numerator += level * Double(wxv)
      denominator += level * level * Double(wvv)
    }
    guard denominator > 0 else { return scale }
    let vertex = numerator / denominator
    let refitted = scheme.storesHalf ? row.roundedToHalf(Float(vertex)) : Float(vertex)
    // The error is a parabola of the scale with its vertex at the quotient: nearer is better, also
    // after rounding.
    return abs(Double(refitted) - vertex) < abs(Double(scale) - vertex) ? refitted : scale
  }

  /// What is tried, in units of the scale at which the largest weight meets the grid's end, or of the ideal one.
  ///
  /// Varied on weights of four models and on heavy-tailed ones; `docs/constants.md` has the figures.
  private enum Search {
    /// The least scale of the first step's fan, by the number of values: the coarser the grid, the more it pays
    /// to clip.
    ///
    /// Flat up to 16 values: a tenth more or less changes the error by 0.1 %. Above, eight trials are too few to
    /// be sure of the optimum: at 0.94 in place of 0.78 IQ5_K loses 1.8 % less, at 1 in place of 0.88 Q8_0 5 % less.
    static func smallest(_ values: Int) -> Float {
      switch values {
      case ...4: 0.40
      case ...8: 0.50
      case ...16: 0.62
      case ...32: 0.78
      default: 0.88
      }
    }
    /// The greatest scale of that fan.
    ///
    /// Steep below: 1.02 costs 1 %, 0.98 costs 3.4 %. Above, fine grids gain and lose in turn: at 1.16 Q8_0 loses
    /// 3.6 % less and IQ6_K 1 % more, at 1.3 Q6_K 7 % less and IQ4_KSS 3 % more.
    static let greatest: Float = 1.06
    /// The step between trials about the ideal scale of a block without levels, times the number of values.
    /// Flat: half or twice as much changes the error by 0.2 %, that of Q8_0 by 1.1 %.
    static let valley: Float = 0.2
    /// Scales that render the largest weight exactly, from the grid's longer end to its shorter. The upper end is
    /// steep below (1.05 costs 0.5 %) and jagged above (Q6_0 loses 2.6 % less at 1.3); the lower is flat to 0.4 %.
    static let ends: ClosedRange<Float> = 0.98...1.08
  }
}

/// Blocks as a fit leaves them, ready to be packed: weight = scale × level × (value(code) + shift). A view of the
/// fit's memory.
struct SharedScaleBlocks {
  /// Each block's level.
  let levels: UnsafePointer<Int16>
  /// 1 for a block that uses the shifted grid, else 0.
  let shifted: UnsafePointer<UInt8>
  /// Each weight's code.
  let codes: UnsafePointer<UInt8>
}

/// Which levels the sixteen lanes of the third step try: consecutive ones, eight under each shift or about
/// each ideal scale, or sixteen.
private struct LevelWindow {
  let hasShift: Bool
  let triesBothSigns: Bool
  /// Levels about the ideal one.
  let width: Int
  /// From the lowest level of the first half of the lanes to that of the second, where both are about one ideal.
  let distance: Int
  /// What the eight levels of a half of the lanes add to the lowest of them.
  let steps: SIMD8<Float>
  let shifts: Lanes

  init(_ scheme: SharedScaleScheme) {
    hasShift = scheme.quantizer.shift != 0
    triesBothSigns = scheme.quantizer.triesBothSigns
    width = hasShift || triesBothSigns ? 8 : 16
    distance = hasShift ? 0 : 8 * scheme.levels.step
    steps = SIMD8(0, 1, 2, 3, 4, 5, 6, 7) * Float(scheme.levels.step)
    shifts = Lanes(
      lowHalf: SIMD8(repeating: 0), highHalf: SIMD8(repeating: scheme.quantizer.shift))
  }
}
