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
struct TrellisFit: ~Copyable {
  private let scheme: TrellisScheme
  private let count: Int
  private var fitted: FittedTrellis
  /// The ideal scale and the summed importance of each block.
  private let ideal: UnsafeMutablePointer<Float>
  private let weight: UnsafeMutablePointer<Float>
  /// Σ w x v and Σ w v² of each block's values v.
  private let wxv: UnsafeMutablePointer<Float>
  private let wvv: UnsafeMutablePointer<Float>
  /// The magnitudes of the weights, where signs are stored apart.
  private let magnitudes: UnsafeMutablePointer<Float>?
  /// The block that holds most of the row's energy, if one does. It is searched exhaustively.
  private var dominant: Int?
  /// What a trial tries, and the seeds that it finds.
  private let levels: UnsafeMutablePointer<UInt8>
  private let scales: UnsafeMutablePointer<Float>
  private let trial: UnsafeMutablePointer<UInt16>

  /// - Parameter count: the weights of a row, a multiple of 32.
  init(_ scheme: TrellisScheme, count: Int) {
    self.scheme = scheme
    self.count = count / 32
    fitted = FittedTrellis(blocks: count / 32, group: scheme.group)
    ideal = .allocate(capacity: count / 32)
    weight = .allocate(capacity: count / 32)
    wxv = .allocate(capacity: count / 32)
    wvv = .allocate(capacity: count / 32)
    magnitudes = scheme.storesSigns ? .allocate(capacity: count) : nil
    levels = .allocate(capacity: scheme.trials)
    scales = .allocate(capacity: scheme.trials)
    trial = .allocate(capacity: 32 / scheme.group)
  }

  deinit {
    fitted.deallocate()
    ideal.deallocate()
    weight.deallocate()
    wxv.deallocate()
    wvv.deallocate()
    magnitudes?.deallocate()
    levels.deallocate()
    scales.deallocate()
    trial.deallocate()
  }

  /// The best reconstruction found of `row`. It is valid until the next call.
  mutating func fit(_ row: borrowing NormalizedRow) -> FittedTrellis {
    let first = WeightedBlock(x: splitSigns(row), w: row.w, count: 32)
    for index in 0..<count { estimateIdealScale(index, first.advanced(by: index)) }
    refineLargestBlock(first)
    let scale = sharedScale()
    for index in 0..<count { chooseSeeds(index, first.advanced(by: index), scale: scale) }
    fitted.scale = refittedScale()
    return fitted
  }

  /// Notes the signs of the weights where they are stored apart, and gives what is left to fit.
  private func splitSigns(_ row: borrowing NormalizedRow) -> UnsafePointer<Float> {
    guard let magnitudes else { return row.x }
    for index in 0..<count {
      var negative: UInt32 = 0
      for j in 0..<32 {
        let value = row.x[32 * index + j]
        negative |= (value.bitPattern >> 31) << UInt32(j)
        magnitudes[32 * index + j] = abs(value)
      }
      fitted.signs[index] = negative
    }
    return UnsafePointer(magnitudes)
  }

  // MARK: Step 1

  private func estimateIdealScale(_ index: Int, _ block: WeightedBlock) {
    let spread = Kernels.active.pointee.trellis_spread(block.x, block.w, Int32(scheme.group))
    let size = (spread.fourth / spread.weight).squareRoot().squareRoot()
    // Few vectors reach far beyond 105.
    ideal[index] = max(size / TrellisGenerator.standardDeviation, spread.largest / 105)
    weight[index] = spread.weight
  }

  private mutating func refineLargestBlock(_ first: WeightedBlock) {
    var largest = (index: 0, energy: -Float.infinity)
    var total: Float = 0
    for index in 0..<count {
      let energy = first.advanced(by: index).energy
      total += energy
      if energy > largest.energy { largest = (index, energy) }
    }
    dominant = largest.energy > 0.5 * total ? largest.index : nil
    guard largest.energy > 0.05 * total else { return }
    var best = (scale: ideal[largest.index], error: Float.infinity)
    for side in scheme.sides {
      for start in stride(from: 0, to: Self.fan.count, by: scheme.trials) {
        for place in 0..<scheme.trials {
          scales[place] = side.sign * ideal[largest.index] * Self.fan[start + place]
        }
        let found = search(largest.index, first.advanced(by: largest.index), scheme.books[0])
        if found.error < best.error { best = (abs(scales[Int(found.scale)]), found.error) }
      }
    }
    ideal[largest.index] = best.scale
  }

  /// Twelve factors: a multiple of every number of trials.
  private static let fan = (0..<12).map { 0.78 + 0.042 * Float($0) }

  /// Searches for the seeds of a block at `scales`.
  @inline(__always)
  private func search(
    _ index: Int, _ block: WeightedBlock, _ book: TrellisCodebook, bound: Float = .infinity
  ) -> rk_found {
    Kernels.active.pointee.trellis_search(
      book.table, block.x, block.w, scales, Int32(scheme.trials),
      index == dominant ? 1 : scheme.effort, bound, trial)
  }

  // MARK: Step 2

  private func sharedScale() -> Float {
    var largest: Float = 0
    for index in 0..<count { largest = max(largest, ideal[index]) }
    let targets = WeightedBlock(x: ideal, w: weight, count: count)
    var chosen: (scale: Float, error: Float) = (0, .infinity)
    for fan in SharedScaleScheme.Levels.fans {
      let scales = fan * (largest / scheme.largestLevel)
      let best = scheme.magnitudes.choice(targets, Trials(scales: scales))
      if best.error < chosen.error { chosen = (scales[Int(best.lane)], best.error) }
    }
    return chosen.scale
  }

  // MARK: Step 3

  private mutating func chooseSeeds(_ index: Int, _ block: WeightedBlock, scale: Float) {
    let groups = 32 / scheme.group
    let ratio = ideal[index] / scale
    var least = Float.infinity
    if let zero = scheme.zero, ratio < 1 {
      // Nothing may be better than what the smallest level has to offer.
      least = block.energy
      fitted.levels[index] = UInt8(zero)
      (wxv[index], wvv[index]) = (0, 0)
    }
    for side in scheme.sides {
      side.choose(scheme.trials, around: ratio, scale: scale, into: levels, scales)
      for number in scheme.books.indices {
        let found = search(index, block, scheme.books[number], bound: least)
        guard found.error < least else { continue }
        least = found.error
        fitted.levels[index] = levels[Int(found.scale)]
        fitted.books[index] = UInt8(number)
        (fitted.seeds + groups * index).update(from: trial, count: groups)
        (wxv[index], wvv[index]) = (found.wxv, found.wvv)
      }
    }
  }

  /// The scale that minimises the error with levels and seeds kept.
  private func refittedScale() -> Float {
    var numerator = 0.0
    var denominator = 0.0
    for index in 0..<count {
      let level = Double(scheme.levels[Int(fitted.levels[index])])
      numerator += level * Double(wxv[index])
      denominator += level * level * Double(wvv[index])
    }
    return denominator > 0 ? Float(numerator / denominator) : 0
  }
}
