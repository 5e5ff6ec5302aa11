import KernelsC

/// Finds d, the levels and the entries of 256 weights.
///
/// The objective is Σ w (x − decoded)² itself. In three steps:
///
/// 1. Each block alone: a fan of scales with the nearest value of every weight, the codebook left
///    aside, gives the scale about which the codebook is searched. Of the entries found at the
///    scales tried, those that explain most energy at their least-squares scale Σwxv ÷ Σwv² give
///    the block's ideal scale, and Σwv² what a deviation from it costs.
/// 2. The d, of a fan of candidates, whose levels come closest to the ideal scales, at those costs.
/// 3. At that d, exactly as it is stored, each block searches the codebook at the levels nearest to
///    its ideal. Then d is refitted to the entries by least squares, and the step repeated.
struct CodebookFit: ~Copyable {
  private let scheme: CodebookScheme
  private let count: Int
  /// |x| of one block.
  private let magnitudes: UnsafeMutablePointer<Float>
  /// Per block the scale that suits single weights best.
  private let start: UnsafeMutablePointer<Float>
  /// Per block the ideal scale and shift, what deviating from that scale costs, and what energy it
  /// explains.
  private let ideal: UnsafeMutablePointer<Float>
  private let shift: UnsafeMutablePointer<Float>
  private let cost: UnsafeMutablePointer<Float>
  private let explained: UnsafeMutablePointer<Float>
  /// Of step 3.
  private var best: CodebookMatches
  private var trial: CodebookMatches
  /// What is tried against others.
  private var spare: CodebookMatches

  init(_ scheme: CodebookScheme) {
    self.scheme = scheme
    count = 256 / scheme.blockSize
    magnitudes = .allocate(capacity: scheme.blockSize)
    start = .allocate(capacity: count)
    ideal = .allocate(capacity: count)
    cost = .allocate(capacity: count)
    explained = .allocate(capacity: count)
    shift = .allocate(capacity: count)
    best = CodebookMatches(scheme)
    trial = CodebookMatches(scheme)
    spare = CodebookMatches(scheme)
  }

  deinit {
    magnitudes.deallocate()
    start.deallocate()
    ideal.deallocate()
    cost.deallocate()
    explained.deallocate()
    shift.deallocate()
    best.deallocate()
    trial.deallocate()
    spare.deallocate()
  }

  /// The best reconstruction found of the 256 weights of `row` from `start` on, and the bits of its
  /// d. It is valid until the next call.
  mutating func fit(
    _ row: borrowing NormalizedRow, start: Int
  ) -> (blocks: CodebookMatches, d: UInt16) {
    let first = row.block(at: start, size: scheme.blockSize)
    findIdealScales(first)
    let unit = scheme.unit
    func stored(_ scale: Float) -> Float { row.roundedToHalf(max(scale, 0) / unit) * unit }
    let targets = WeightedBlock(x: UnsafePointer(ideal), w: UnsafePointer(cost), count: count)
    var scale = scheme.levels.sharedScale(of: targets, smallest: row.smallestHalf * unit) {
      row.roundedToHalf($0.replacing(with: 0, where: $0 .< 0) / unit) * unit
    }
    var found = (scale: Float(0), error: Double.infinity)
    for round in 0..<scheme.effort.rounds {
      chooseLevels(first, scale: scale, levels: round == 0 ? scheme.effort.levels : 1)
      let next = stored(trial.refittedScale)
      let kept = trial.error(scale)
      let moved = trial.error(next)
      guard min(kept, moved) < found.error else { break }
      found = moved < kept ? (next, moved) : (scale, kept)
      swap(&best, &trial)
      for index in 0..<count { ideal[index] = best.bestScale(index) }
      if next == scale { break }
      scale = next
    }
    return (best, row.halfBits(found.scale / unit))
  }

  // MARK: Step 1

  private func findIdealScales(_ first: WeightedBlock) {
    for index in 0..<count {
      ideal[index] = 0
      cost[index] = 0
      explained[index] = 0
      shift[index] = scheme.shift.size
      start[index] = startingScale(first.advanced(by: index))
    }
    for sign: Float in scheme.shift.isOfBlock ? [1, -1] : [1] {
      for factor in scheme.effort.explored {
        for index in 0..<count {
          spare.scales[index] = start[index] * factor
          spare.shifts[index] = sign * scheme.shift.size
        }
        improve(first)
      }
    }
    for _ in 0..<scheme.effort.refinements {
      for index in 0..<count {
        spare.scales[index] = ideal[index]
        spare.shifts[index] = shift[index]
      }
      improve(first)
    }
  }

  /// The scale that suits the weights of a block best, each taking the nearest value.
  private func startingScale(_ block: WeightedBlock) -> Float {
    // As integers, in which magnitudes have the same order and the loop is vectorised.
    var largest: Int32 = 0
    for j in 0..<block.count {
      let magnitude = Int32(bitPattern: block.x[j].bitPattern & 0x7fff_ffff)
      magnitudes[j] = Float(bitPattern: UInt32(bitPattern: magnitude))
      largest = max(largest, magnitude)
    }
    guard largest > 0 else { return 0 }
    let size = scheme.shift.size
    let end =
      Float(bitPattern: UInt32(bitPattern: largest)) / (scheme.search.book.values.last! + size)
    let fan = size == 0 ? Self.fan : Self.shiftedFan
    let x = scheme.search.signs == .none ? block.x : UnsafePointer(magnitudes)
    return withLanes(fan.scales * end, fan.shifts * size) { scales, shifts in
      Kernels.active.pointee.grid_ideal(
        x, block.w, Int32(block.count), scheme.search.grid.table, scales, shifts
      ).scale
    }
  }

  /// Scales relative to that at which the largest weight meets the largest value. Few values pay
  /// for clipping, and unimportant weights may lie far out.
  private static let fan = fan(count: 16, ratio: 0.885)
  private static let shiftedFan = fan(count: 8, ratio: 0.8)

  /// A geometric series, with a shift of 1 first and then, if there is room, of −1.
  private static func fan(count: Int, ratio: Float) -> Trials {
    var fan = Trials()
    var factor: Float = 1.08
    for lane in 0..<16 {
      if lane == count { factor = 1.08 }
      fan.scales[lane] = factor
      fan.shifts[lane] = lane < count ? 1 : -1
      factor *= ratio
    }
    return fan
  }

  /// Searches at the scales and shifts of `spare`, and keeps what explains more than before.
  private func improve(_ first: WeightedBlock) {
    scheme.search.match(first, into: spare, either: scheme.shift.isOfGroup, quick: true)
    for index in 0..<count {
      let scale = spare.bestScale(index)
      guard scale * spare.wxv[index] > explained[index] else { continue }
      explained[index] = scale * spare.wxv[index]
      ideal[index] = scale
      cost[index] = spare.wvv[index]
      shift[index] = spare.shifts[index]
    }
  }

  // MARK: Step 3

  /// Fills `trial` with each block's best level at a scale, and its entries.
  private func chooseLevels(_ first: WeightedBlock, scale: Float, levels tried: Int) {
    let levels = scheme.levels
    let inverse = scale > 0 ? 1 / scale : 0
    for index in 0..<count {
      let ratio = ideal[index] * inverse
      let low = levels.window(2, around: ratio)
      let high = low + levels.step
      let nearer = ratio - Float(low) <= Float(high) - ratio
      trial.levels[index] = Int16(nearer ? low : high)
      spare.levels[index] = Int16(nearer ? high : low)
      trial.scales[index] = scale * Float(trial.levels[index])
      spare.scales[index] = scale * Float(spare.levels[index])
      trial.shifts[index] = shift[index]
      spare.shifts[index] = shift[index]
    }
    scheme.search.match(first, into: trial, either: scheme.shift.isOfGroup, quick: false)
    guard tried > 1 else { return }
    scheme.search.match(first, into: spare, either: scheme.shift.isOfGroup, quick: false)
    for index in 0..<count where spare.explained(index) > trial.explained(index) {
      trial.set(index, from: spare)
    }
  }
}
