import KernelsC

/// Finds d, dmin, levels, minimums and codes of a super-block of 256 weights.
///
/// Each block's ideal scale and offset come from `AffineFit`. The shared d and dmin are those of a
/// fan of candidates whose multiples come closest to the ideals; at them, exactly as they are stored,
/// each block tries sixteen pairs of level and minimum around its ideal. Then d and dmin move to where
/// these levels and codes lose least.
struct AffineSuperblockFit: ~Copyable {
  private let scheme: AffineSuperblockScheme
  private let count: Int
  private let ideal: UnsafeMutablePointer<AffineBlock>
  /// For the choice of d and dmin: the ideals, and the summed importance of each block.
  private let scales: UnsafeMutablePointer<Float>
  private let minimums: UnsafeMutablePointer<Float>
  private let weights: UnsafeMutablePointer<Float>
  private var best: FittedAffineBlocks

  init(_ scheme: AffineSuperblockScheme) {
    self.scheme = scheme
    count = 256 / scheme.blockSize
    ideal = .allocate(capacity: count)
    scales = .allocate(capacity: count)
    minimums = .allocate(capacity: count)
    weights = .allocate(capacity: count)
    best = FittedAffineBlocks(blocks: count)
  }

  deinit {
    ideal.deallocate()
    scales.deallocate()
    minimums.deallocate()
    weights.deallocate()
    best.deallocate()
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
      weights[index] = block.summary.w
    }
    best.d = sharedScale(scales, row)
    best.dmin = sharedScale(minimums, row)
    chooseLevels(first)
    refit(first, row)
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
        candidates.scales[lane] = factor * largest / Float(scheme.highestLevel)
      }
      candidates.scales = row.roundedToHalf(candidates.scales)
      if candidates.scales[0] == 0 { candidates.scales[0] = row.smallestHalf }
      let targets = WeightedBlock(x: values, w: UnsafePointer(weights), count: count)
      let best = candidates.choice(targets, codes: 0...scheme.highestLevel)
      if best.error < chosen.error {
        chosen = (candidates.scales[Int(best.lane)], best.error)
      }
    }
    return chosen.scale
  }

  /// Gives each block of `best` its best level and minimum at d and dmin, and the codes.
  private func chooseLevels(_ first: WeightedBlock) {
    let (d, dmin) = (best.d, best.dmin)
    for index in 0..<count {
      let block = first.advanced(by: index)
      let level = nearest(ideal[index].scale, d)
      let minimum = nearest(-ideal[index].offset, dmin)
      var trials = AffineTrials()
      for lane in 0..<16 {
        trials.scales[lane] = d * Float(clamped(level + lane / 4 - 1))
        trials.offsets[lane] = -(dmin * Float(clamped(minimum + lane % 4 - 1)))
      }
      let lane = Int(trials.choice(block, codes: 0...scheme.highestCode).lane)
      best.levels[index] = UInt8(clamped(level + lane / 4 - 1))
      best.minimums[index] = UInt8(clamped(minimum + lane % 4 - 1))
      trials[lane].codes(
        block, range: 0...scheme.highestCode, into: best.codes + index * block.count)
    }
  }

  private func nearest(_ value: Float, _ unit: Float) -> Int {
    unit == 0 ? 0 : Int(max(0, min((value / unit).rounded(), Float(scheme.highestLevel))))
  }

  private func clamped(_ level: Int) -> Int { max(0, min(level, scheme.highestLevel)) }

  /// Moves d and dmin of `best` to where its levels, minimums and codes lose least.
  private mutating func refit(_ first: WeightedBlock, _ row: borrowing NormalizedRow) {
    let sums = NormalSums(best, first, count: count)
    let solution = sums.solution
    let d = row.roundedToHalf(solution.d)
    let dmin = row.roundedToHalf(solution.dmin)
    if sums.error(d, dmin) < sums.error(best.d, best.dmin) { (best.d, best.dmin) = (d, dmin) }
  }
}

/// The normal equations of x ≈ d a + dmin b, where a = level × code and b = −minimum.
private struct NormalSums {
  private var aa = 0.0
  private var ab = 0.0
  private var bb = 0.0
  private var ax = 0.0
  private var bx = 0.0

  init(_ blocks: FittedAffineBlocks, _ first: WeightedBlock, count: Int) {
    for index in 0..<count {
      let block = first.advanced(by: index)
      let codes = blocks.codes + index * block.count
      var wqq: Float = 0
      var wq: Float = 0
      var wxq: Float = 0
      for j in 0..<block.count {
        let q = Float(codes[j])
        wq += block.w[j] * q
        wqq += block.w[j] * q * q
        wxq += block.w[j] * q * block.x[j]
      }
      let sums = block.summary
      let level = Double(blocks.levels[index])
      let minimum = -Double(blocks.minimums[index])
      aa += level * level * Double(wqq)
      ab += level * minimum * Double(wq)
      bb += minimum * minimum * Double(sums.w)
      ax += level * Double(wxq)
      bx += minimum * Double(sums.wx)
    }
  }

  /// The minimum with neither negative.
  var solution: (d: Float, dmin: Float) {
    let determinant = aa * bb - ab * ab
    if determinant > 1e-9 * aa * bb {
      let dmin = (aa * bx - ab * ax) / determinant
      let d = (bb * ax - ab * bx) / determinant
      if d >= 0, dmin >= 0 { return (Float(d), Float(dmin)) }
    }
    return (aa > 0 ? Float(max(ax / aa, 0)) : 0, 0)
  }

  /// Σ w (x − d a − dmin b)², less Σ w x².
  func error(_ d: Float, _ dmin: Float) -> Double {
    let (d, e) = (Double(d), Double(dmin))
    return d * d * aa + 2 * d * e * ab + e * e * bb - 2 * (d * ax + e * bx)
  }
}

/// A super-block as the fit leaves it: weight = d × level × code − dmin × minimum.
struct FittedAffineBlocks {
  /// Of the normalised row, exactly as they are stored.
  var d: Float = 0
  var dmin: Float = 0
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
