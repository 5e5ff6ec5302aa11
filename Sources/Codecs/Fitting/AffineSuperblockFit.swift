/// Finds d, dmin, levels, minimums and codes of a super-block of 256 weights.
///
/// Each block's ideal scale and offset come from `AffineFit`. The shared d and dmin are those of a
/// fan of candidates whose multiples come closest to the ideals; at them, exactly as they are stored,
/// each block tries sixteen pairs of level and minimum around its ideal. Then d and dmin are refitted
/// to the codes by least squares and the step repeated once.
struct AffineSuperblockFit: ~Copyable {
  private let scheme: AffineSuperblockScheme
  private let count: Int
  private let ideal: UnsafeMutablePointer<AffineBlock>
  /// For the choice of d and dmin: the ideals, and the summed importance of each block.
  private let scales: UnsafeMutablePointer<Float>
  private let minimums: UnsafeMutablePointer<Float>
  private let weights: UnsafeMutablePointer<Float>
  private var best: FittedAffineBlocks
  private var trial: FittedAffineBlocks

  init(_ scheme: AffineSuperblockScheme) {
    self.scheme = scheme
    count = 256 / scheme.blockSize
    ideal = .allocate(capacity: count)
    scales = .allocate(capacity: count)
    minimums = .allocate(capacity: count)
    weights = .allocate(capacity: count)
    best = FittedAffineBlocks(blocks: count)
    trial = FittedAffineBlocks(blocks: count)
  }

  deinit {
    ideal.deallocate()
    scales.deallocate()
    minimums.deallocate()
    weights.deallocate()
    best.deallocate()
    trial.deallocate()
  }

  /// The best reconstruction found of the 256 weights of `row` from `start` on. It is valid until
  /// the next call.
  mutating func fit(_ row: borrowing NormalizedRow, start: Int) -> FittedAffineBlocks {
    let first = row.block(at: start, size: scheme.blockSize)
    for index in 0..<count {
      let block = first.advanced(by: index)
      ideal[index] = AffineFit.ideal(block, high: scheme.highestCode, offsetAtMostZero: true)
      scales[index] = ideal[index].scale
      minimums[index] = -ideal[index].offset
      weights[index] = (0..<block.count).reduce(0) { $0 + block.w[$1] }
    }
    chooseLevels(
      first, d: sharedScale(scales, row), dmin: sharedScale(minimums, row))
    swap(&best, &trial)
    let refitted = refit(first)
    let (d, dmin) = (row.roundedToHalf(refitted.d), row.roundedToHalf(refitted.dmin))
    if d != best.d || dmin != best.dmin {
      chooseLevels(first, d: d, dmin: dmin)
      if trial.error < best.error { swap(&best, &trial) }
    }
    return best
  }

  /// Of a fan of scales about the one that just reaches the largest value, that whose multiples come
  /// closest to all.
  private func sharedScale(
    _ values: UnsafePointer<Float>, _ row: borrowing NormalizedRow
  ) -> Float {
    let largest = (0..<count).reduce(0) { max($0, values[$1]) }
    guard largest > 0 else { return 0 }
    var chosen: (scale: Float, error: Float) = (0, .infinity)
    for fan in 0..<2 {
      var candidates = AffineTrials()
      for lane in 0..<16 {
        let factor = 1.04 - 0.0125 * Float(fan * 16 + lane)
        candidates.scales[lane] = row.roundedToHalf(factor * largest / Float(scheme.highestLevel))
      }
      let targets = WeightedBlock(x: values, w: UnsafePointer(weights), count: count)
      let errors = candidates.errors(targets, codes: 0...scheme.highestLevel)
      let lane = errors.indexOfSmallest
      if errors[lane] < chosen.error { chosen = (candidates.scales[lane], errors[lane]) }
    }
    return chosen.scale
  }

  /// Fills `trial` with each block's best level and minimum at d and dmin, the codes, and the error.
  private mutating func chooseLevels(_ first: WeightedBlock, d: Float, dmin: Float) {
    trial.d = d
    trial.dmin = dmin
    trial.error = 0
    for index in 0..<count {
      let block = first.advanced(by: index)
      let level = nearest(ideal[index].scale, d)
      let minimum = nearest(-ideal[index].offset, dmin)
      var trials = AffineTrials()
      for lane in 0..<16 {
        trials.scales[lane] = d * Float(clamped(level + lane / 4 - 1))
        trials.offsets[lane] = -(dmin * Float(clamped(minimum + lane % 4 - 1)))
      }
      let errors = trials.errors(block, codes: 0...scheme.highestCode)
      let lane = errors.indexOfSmallest
      trial.error += Double(errors[lane])
      trial.levels[index] = UInt8(clamped(level + lane / 4 - 1))
      trial.minimums[index] = UInt8(clamped(minimum + lane % 4 - 1))
      trials[lane].codes(
        block, range: 0...scheme.highestCode, into: trial.codes + index * block.count)
    }
  }

  private func nearest(_ value: Float, _ unit: Float) -> Int {
    unit == 0 ? 0 : Int(max(0, min((value / unit).rounded(), Float(scheme.highestLevel))))
  }

  private func clamped(_ level: Int) -> Int { max(0, min(level, scheme.highestLevel)) }

  /// The d and dmin that minimise the error of `best` with its levels, minimums and codes kept.
  private func refit(_ first: WeightedBlock) -> (d: Float, dmin: Float) {
    var aa = 0.0
    var ab = 0.0
    var bb = 0.0
    var ax = 0.0
    var bx = 0.0
    for index in 0..<count {
      let block = first.advanced(by: index)
      let codes = best.codes + index * block.count
      let level = Float(best.levels[index])
      let minimum = -Float(best.minimums[index])
      for j in 0..<block.count {
        let a = Double(level * Float(codes[j]))
        let b = Double(minimum)
        let w = Double(block.w[j])
        let x = Double(block.x[j])
        aa += w * a * a
        ab += w * a * b
        bb += w * b * b
        ax += w * a * x
        bx += w * b * x
      }
    }
    let determinant = aa * bb - ab * ab
    if determinant > 1e-9 * aa * bb {
      let dmin = (aa * bx - ab * ax) / determinant
      if dmin >= 0 { return (Float((bb * ax - ab * bx) / determinant), Float(dmin)) }
    }
    return (aa > 0 ? Float(ax / aa) : 0, 0)
  }
}

/// A super-block as the fit leaves it: weight = d × level × code − dmin × minimum.
struct FittedAffineBlocks {
  /// Of the normalised row, exactly as they are stored.
  var d: Float = 0
  var dmin: Float = 0
  /// Σ w (x − decoded)², of the normalised row.
  var error = Double.infinity
  /// One per block.
  var levels: UnsafeMutablePointer<UInt8>
  var minimums: UnsafeMutablePointer<UInt8>
  /// One per weight.
  var codes: UnsafeMutablePointer<UInt8>

  init(blocks: Int) {
    levels = .allocate(capacity: blocks)
    minimums = .allocate(capacity: blocks)
    codes = .allocate(capacity: 256)
  }

  func deallocate() {
    levels.deallocate()
    minimums.deallocate()
    codes.deallocate()
  }
}
