import GGUF
import KernelsC

/// Finds d, the levels and the entries of super-blocks of 256 weights.
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
///
/// A unit rounded to another target goes through the first step, and through the third at d as it is.
final class CodebookFit: RowFit {
  private let scheme: CodebookScheme
  /// Blocks in a super-block.
  private let count: Int
  /// |x| of one block.
  private let magnitudes: AlignedBuffer<Float>
  /// The scale that suits the single weights of each block in hand best.
  private let start: AlignedBuffer<Float>
  /// The ideal scale and shift, what deviating from that scale costs, and what energy it explains.
  private let ideal: AlignedBuffer<Float>
  private let shift: AlignedBuffer<Float>
  private let cost: AlignedBuffer<Float>
  private let explained: AlignedBuffer<Float>
  /// What step 3 tries, and what it tries against that.
  private let trial: CodebookMemory
  private let spare: CodebookMemory

  /// Each super-block's unit × d, of the normalised row, exactly as it is stored.
  let scales: AlignedBuffer<Float>
  private let found: CodebookMemory

  init(_ scheme: CodebookScheme, columns: Int) {
    self.scheme = scheme
    count = 256 / scheme.blockSize
    magnitudes = AlignedBuffer(count: scheme.blockSize)
    start = AlignedBuffer(count: count)
    ideal = AlignedBuffer(count: count)
    shift = AlignedBuffer(count: count)
    cost = AlignedBuffer(count: count)
    explained = AlignedBuffer(count: count)
    trial = CodebookMemory(scheme, blocks: count)
    spare = CodebookMemory(scheme, blocks: count)
    scales = AlignedBuffer(count: columns / 256)
    found = CodebookMemory(scheme, blocks: columns / scheme.blockSize)
  }

  var unitColumns: Int { scheme.blockSize }

  func prepare(_ row: NormalizedRow) {
    for superblock in scales.values.indices { fit(superblock, row) }
  }

  func round(_ unit: Int, to block: WeightedBlock, of row: NormalizedRow) {
    let trial = trial.matches(count: 1)
    findIdealScales(block, spare.matches(count: 1))
    chooseLevels(
      block, scale: scales[unit / count], levels: scheme.effort.levels, trial,
      spare.matches(count: 1))
    found.matches(from: unit, count: 1).set(0, from: trial, 0)
  }

  /// What was found for the blocks of a super-block.
  func matches(ofSuperblock index: Int) -> CodebookMatches {
    found.matches(from: index * count, count: count)
  }

  private func fit(_ superblock: Int, _ row: NormalizedRow) {
    let first = row.block(at: 256 * superblock, size: scheme.blockSize)
    let best = matches(ofSuperblock: superblock)
    let trial = trial.matches(count: count)
    let spare = spare.matches(count: count)
    findIdealScales(first, spare)
    let unit = scheme.unit
    func stored(_ scale: Float) -> Float { row.roundedToHalf(max(scale, 0) / unit) * unit }
    let targets = WeightedBlock(x: ideal.start, w: cost.start, count: count)
    var scale = scheme.levels.sharedScale(of: targets, smallest: row.smallestHalf * unit) {
      row.roundedToHalf($0.replacing(with: 0, where: $0 .< 0) / unit) * unit
    }
    var least = Double.infinity
    scales[superblock] = 0
    for round in 0..<scheme.effort.rounds {
      chooseLevels(
        first, scale: scale, levels: round == 0 ? scheme.effort.levels : 1, trial, spare)
      let next = stored(trial.refittedScale)
      let kept = trial.error(scale)
      let moved = trial.error(next)
      guard min(kept, moved) < least else { break }
      (scales[superblock], least) = moved < kept ? (next, moved) : (scale, kept)
      for index in 0..<count {
        best.set(index, from: trial, index)
        ideal[index] = best.bestScale(index)
      }
      if next == scale { break }
      scale = next
    }
  }

  // MARK: Step 1

  /// Finds the ideal scales and shifts of as many blocks as `spare` has room for.
  private func findIdealScales(_ first: WeightedBlock, _ spare: CodebookMatches) {
    for index in 0..<spare.count {
      ideal[index] = 0
      cost[index] = 0
      explained[index] = 0
      shift[index] = scheme.shift.size
      start[index] = startingScale(first.advanced(by: index))
    }
    for sign: Float in scheme.shift.isOfBlock ? [1, -1] : [1] {
      for factor in scheme.effort.explored {
        for index in 0..<spare.count {
          spare.scales[index] = start[index] * factor
          spare.shifts[index] = sign * scheme.shift.size
        }
        improve(first, spare)
      }
    }
    for _ in 0..<scheme.effort.refinements {
      for index in 0..<spare.count {
        spare.scales[index] = ideal[index]
        spare.shifts[index] = shift[index]
      }
      improve(first, spare)
    }
  }

  /// The scale that suits the weights of a block best, each taking the nearest value.
  private func startingScale(_ block: WeightedBlock) -> Float {
    let magnitudes = magnitudes.start
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
    let fan = size == 0 ? Search.fan : Search.shiftedFan
    let x = scheme.search.signs == .none ? block.x : UnsafePointer(magnitudes)
    return withLanes(fan.scales * end, fan.shifts * size) { scales, shifts in
      Kernels.active.pointee.grid_ideal(
        x, block.w, Int32(block.count), scheme.search.grid.table, scales, shifts
      ).scale
    }
  }

  /// Searches at the scales and shifts of `spare`, and keeps what explains more than before.
  private func improve(_ first: WeightedBlock, _ spare: CodebookMatches) {
    scheme.search.match(first, into: spare, either: scheme.shift.isOfGroup, quick: true)
    for index in 0..<spare.count {
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
  private func chooseLevels(
    _ first: WeightedBlock, scale: Float, levels tried: Int, _ trial: CodebookMatches,
    _ spare: CodebookMatches
  ) {
    let levels = scheme.levels
    let inverse = scale > 0 ? 1 / scale : 0
    for index in 0..<trial.count {
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
    for index in 0..<trial.count where spare.explained(index) > trial.explained(index) {
      trial.set(index, from: spare, index)
    }
  }

  private enum Search {
    /// Scales relative to that at which the largest weight meets the largest value, each this share of the
    /// one before. They reach down to a sixth, and with a shift to a fifth: with few values it pays to
    /// clip the largest weights, and weights without importance may lie far out.
    ///
    /// Flat (`docs/constants.md`): ratios from 0.8 to 0.93, and with a shift from 0.7 to 0.85, change the
    /// error by 0.05 % at most.
    static let fan = fan(count: 16, ratio: 0.885)
    static let shiftedFan = fan(count: 8, ratio: 0.8)
    /// The first and largest of them. Flat: 0.1 % from 0.96 to 1.2.
    static let greatest: Float = 1.08

    /// A geometric series, with a shift of 1 first and then, if there is room, of −1.
    private static func fan(count: Int, ratio: Float) -> Trials {
      var fan = Trials()
      var factor = greatest
      for lane in 0..<16 {
        if lane == count { factor = greatest }
        fan.scales[lane] = factor
        fan.shifts[lane] = lane < count ? 1 : -1
        factor *= ratio
      }
      return fan
    }
  }
}
