import GGUF
import KernelsC

/// Finds the scale, levels and seeds of a row of a trellis type.
///
/// The objective is Σ w (x − decoded)² itself. In three steps:
///
/// 1. Each block's ideal scale is estimated: a random codebook loses least where its spread is that
///    of the weights, groups of much energy counting more, and where it reaches the largest weight.
///    A block that holds much of the row's energy tries a fan of scales instead.
/// 2. The shared scale is, of a fan of candidates, the one whose levels come closest to the ideals.
/// 3. Each block searches for seeds at several levels of either sign about its ideal, in every
///    codebook: each level makes another random codebook of the seeds, and the best of several is
///    better than the best that one has. Then the shared scale is refitted by least squares.
///
/// A unit rounded to another target goes through its part of the first step and the search of the third.
final class TrellisFit: RowFit {
  private let scheme: TrellisScheme
  private let count: Int
  /// The ideal scale and the summed importance of each block.
  private let ideal: AlignedBuffer<Float>
  private let weight: AlignedBuffer<Float>
  /// Σ w x v and Σ w v² of each block's values v.
  private let wxv: AlignedBuffer<Float>
  private let wvv: AlignedBuffer<Float>
  /// The magnitudes of the weights, where signs are stored apart.
  private let magnitudes: AlignedBuffer<Float>
  /// The block that holds most of the row's energy, if one does. It is searched exhaustively.
  private var dominant: Int?
  /// The block that holds the largest share of it, if that is large.
  private var prominent: Int?
  /// What a trial tries, and the seeds that it finds.
  private let triedLevels: AlignedBuffer<UInt8>
  private let triedScales: AlignedBuffer<Float>
  private let triedSeeds: AlignedBuffer<UInt16>

  /// The shared scale, of the normalised row.
  private(set) var scale: Float = 0
  private let levels: AlignedBuffer<UInt8>
  private let books: AlignedBuffer<UInt8>
  private let seeds: AlignedBuffer<UInt16>
  private let signs: AlignedBuffer<UInt32>

  /// - Parameter columns: a multiple of 256.
  init(_ scheme: TrellisScheme, columns: Int) {
    self.scheme = scheme
    count = columns / Self.unitColumns
    ideal = AlignedBuffer(count: count)
    weight = AlignedBuffer(count: count)
    wxv = AlignedBuffer(count: count)
    wvv = AlignedBuffer(count: count)
    magnitudes = AlignedBuffer(count: scheme.storesSigns ? columns : 0)
    triedLevels = AlignedBuffer(count: scheme.trials)
    triedScales = AlignedBuffer(count: scheme.trials)
    triedSeeds = AlignedBuffer(count: 32 / scheme.group)
    levels = AlignedBuffer(count: count)
    books = AlignedBuffer(count: count)
    seeds = AlignedBuffer(count: columns / scheme.group)
    signs = AlignedBuffer(repeating: 0, count: count)
  }

  static let unitColumns = 32
  var unitColumns: Int { Self.unitColumns }

  func prepare(_ row: NormalizedRow) {
    dominant = nil
    prominent = nil
    scale = 0
    for index in 0..<count { clear(index) }
    if row.isZero { return }
    for index in 0..<count { splitSigns(index, row.block(at: 32 * index, size: 32)) }
    let x = scheme.storesSigns ? UnsafePointer(magnitudes.start) : row.x
    let first = WeightedBlock(x: x, w: row.w, count: 32)
    for index in 0..<count { estimateIdealScale(index, first.advanced(by: index)) }
    refineLargestBlock(first)
    let shared = sharedScale()
    for index in 0..<count { chooseSeeds(index, first.advanced(by: index), scale: shared) }
    scale = refittedScale()
  }

  func round(_ unit: Int, to block: WeightedBlock, of row: NormalizedRow) {
    clear(unit)
    // Without a scale, nothing but zeros can be had.
    guard scale > 0 else { return }
    let block = splitSigns(unit, block)
    estimateIdealScale(unit, block)
    if unit == prominent { refineIdealScale(unit, block) }
    chooseSeeds(unit, block, scale: scale)
  }

  /// The blocks from number `first` on.
  func blocks(from first: Int) -> TrellisBlocks {
    TrellisBlocks(
      levels: levels.start + first, books: books.start + first,
      seeds: seeds.start + first * 32 / scheme.group, signs: signs.start + first)
  }

  /// Leaves a block as zeros are packed.
  private func clear(_ index: Int) {
    let groups = 32 / scheme.group
    levels[index] = 0
    books[index] = 0
    signs[index] = 0
    (seeds.start + groups * index).update(repeating: 0, count: groups)
  }

  /// Notes the signs of a block's weights where they are stored apart, and gives what is left to fit.
  @discardableResult
  private func splitSigns(_ index: Int, _ block: WeightedBlock) -> WeightedBlock {
    guard scheme.storesSigns else { return block }
    let rest = magnitudes.start + 32 * index
    var negative: UInt32 = 0
    for j in 0..<32 {
      negative |= (block.x[j].bitPattern >> 31) << UInt32(j)
      rest[j] = abs(block.x[j])
    }
    signs[index] = negative
    return WeightedBlock(x: rest, w: block.w, count: 32)
  }

  // MARK: Step 1

  private func estimateIdealScale(_ index: Int, _ block: WeightedBlock) {
    let spread = Kernels.active.pointee.trellis_spread(block.x, block.w, Int32(scheme.group))
    let size = (spread.fourth / spread.weight).squareRoot().squareRoot()
    ideal[index] = max(size / TrellisGenerator.standardDeviation, spread.largest / Search.reach)
    weight[index] = spread.weight
  }

  /// Finds the blocks that deserve more effort, and the ideal scale of one of them by trials.
  private func refineLargestBlock(_ first: WeightedBlock) {
    var largest = (index: 0, energy: -Float.infinity)
    var total: Float = 0
    for index in 0..<count {
      let energy = first.advanced(by: index).energy
      total += energy
      if energy > largest.energy { largest = (index, energy) }
    }
    dominant = largest.energy > Search.dominance * total ? largest.index : nil
    prominent = largest.energy > Search.prominence * total ? largest.index : nil
    if let prominent { refineIdealScale(prominent, first.advanced(by: prominent)) }
  }

  /// Tries a fan of scales about a block's estimate.
  private func refineIdealScale(_ index: Int, _ block: WeightedBlock) {
    var best = (scale: ideal[index], error: Float.infinity)
    for side in scheme.sides {
      for start in stride(from: 0, to: Search.fan.count, by: scheme.trials) {
        for place in 0..<scheme.trials {
          triedScales[place] = side.sign * ideal[index] * Search.fan[start + place]
        }
        let found = search(index, block, scheme.books[0])
        if found.error < best.error { best = (abs(triedScales[found.scale]), found.error) }
      }
    }
    ideal[index] = best.scale
  }

  /// Searches for the seeds of a block at the scales tried.
  @inline(__always)
  private func search(
    _ index: Int, _ block: WeightedBlock, _ book: TrellisCodebook, bound: Float = .infinity
  ) -> FoundSeeds {
    FoundSeeds(
      Kernels.active.pointee.trellis_search(
        book.table, block.x, block.w, triedScales.start, Int32(scheme.trials),
        index == dominant ? 1 : scheme.effort, bound, triedSeeds.start))
  }

  // MARK: Step 2

  private func sharedScale() -> Float {
    var largest: Float = 0
    for index in 0..<count { largest = max(largest, ideal[index]) }
    let targets = WeightedBlock(x: ideal.start, w: weight.start, count: count)
    var chosen: (scale: Float, error: Float) = (0, .infinity)
    for fan in SharedScaleScheme.Levels.fans {
      let scales = fan * (largest / scheme.largestLevel)
      let best = scheme.magnitudes.choice(targets, Trials(scales: scales))
      if best.error < chosen.error { chosen = (scales[best.lane], best.error) }
    }
    return chosen.scale
  }

  // MARK: Step 3

  private func chooseSeeds(_ index: Int, _ block: WeightedBlock, scale: Float) {
    let groups = 32 / scheme.group
    let ratio = ideal[index] / scale
    var least = Float.infinity
    if let zero = scheme.zero, ratio < 1 {
      // Nothing may be better than what the smallest level has to offer.
      least = block.energy
      levels[index] = UInt8(zero)
      (wxv[index], wvv[index]) = (0, 0)
    }
    for side in scheme.sides {
      side.choose(
        scheme.trials, around: ratio, scale: scale, into: triedLevels.start,
        triedScales.start)
      for number in scheme.books.indices {
        let found = search(index, block, scheme.books[number], bound: least)
        guard found.error < least else { continue }
        least = found.error
        levels[index] = triedLevels[found.scale]
        books[index] = UInt8(number)
        (seeds.start + groups * index).update(from: triedSeeds.start, count: groups)
        (wxv[index], wvv[index]) = (found.wxv, found.wvv)
      }
    }
  }

  /// The scale that minimises the error with levels and seeds kept.
  private func refittedScale() -> Float {
    var numerator = 0.0
    var denominator = 0.0
    for index in 0..<count {
      let level = Double(scheme.levels[Int(levels[index])])
      numerator += level * Double(wxv[index])
      denominator += level * level * Double(wvv[index])
    }
    return denominator > 0 ? Float(numerator / denominator) : 0
  }

  /// Varied on weights of four models and on heavy-tailed ones; `docs/constants.md` has the figures.
  private enum Search {
    /// The largest value that the seeds of a codebook offer in most directions: the generator reaches 126, but
    /// few vectors have a component above this. An optimum: from 97 to 113 the error changes by 0.1 %, at
    /// 75 by 4 %.
    static let reach: Float = 105
    /// The share of the row's energy above which a block is searched exhaustively. Never doing so costs 0.15 %
    /// on Gemma-3, whose importance has outlying columns, and less elsewhere. At 0.7 the error is the same to
    /// 0.01 %, and Gemma-3 takes 0.56 of the time.
    static let dominance: Float = 0.5
    /// The share above which a block's ideal scale is found by trials. Never doing so costs 0.5 %; lower shares
    /// bring nothing.
    static let prominence: Float = 0.05
    /// The trial scales of such a block, relative to the estimate. Twelve: a multiple of every number of trials.
    /// Flat: starts from 0.68 to 0.98, and steps from 0.03 to 0.07, change the error by 0.1 %.
    static let fan = (0..<12).map { 0.78 + 0.042 * Float($0) }
  }
}

/// Blocks of 32 weights as `TrellisFit` leaves them: weight = scale × level × value. A view of the fit's memory.
struct TrellisBlocks {
  /// The number of each block's level.
  let levels: UnsafePointer<UInt8>
  /// The number of each block's codebook.
  let books: UnsafePointer<UInt8>
  /// The seed of each group.
  let seeds: UnsafePointer<UInt16>
  /// Bit j is set where weight j of a block is negative, for types that store magnitudes.
  let signs: UnsafePointer<UInt32>
}
