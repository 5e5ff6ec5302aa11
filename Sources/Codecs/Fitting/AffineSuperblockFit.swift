import GGUF
import KernelsC

/// Finds d, dmin, levels, minimums and codes of super-blocks of 256 weights.
///
/// Each block's ideal scale and offset are those of `AffineBlock.ideal`. The shared d and dmin are those of a
/// fan of candidates whose multiples come closest to the ideals; at them, exactly as they are stored,
/// each block tries sixteen pairs of level and minimum around its ideal. Then d and dmin move to where
/// these levels and codes lose least.
///
/// A unit rounded to another target chooses level, minimum and codes about its own ideal, at d and dmin.
final class AffineSuperblockFit: RowFit {
  private let scheme: AffineSuperblockScheme
  /// Blocks in a super-block.
  private let count: Int
  /// The ideals of the super-block in hand, and for the choice of d and dmin the summed importance of each block.
  private let ideal: AlignedBuffer<AffineBlock>
  private let idealScales: AlignedBuffer<Float>
  private let idealMinimums: AlignedBuffer<Float>
  private let weights: AlignedBuffer<Float>

  /// Each super-block's d and dmin, of the normalised row, exactly as they are stored.
  let scales: AlignedBuffer<SuperblockScales>
  private let blockLevels: AlignedBuffer<UInt8>
  private let minimums: AlignedBuffer<UInt8>
  private let codes: AlignedBuffer<UInt8>
  /// The codes themselves.
  private let values: UnsafePointer<rk_levels>

  init(_ scheme: AffineSuperblockScheme, columns: Int) {
    self.scheme = scheme
    values = BlockQuantizer.codes(upTo: scheme.highestCode)
    count = 256 / scheme.blockSize
    ideal = AlignedBuffer(count: count)
    idealScales = AlignedBuffer(count: count)
    idealMinimums = AlignedBuffer(count: count)
    weights = AlignedBuffer(count: count)
    scales = AlignedBuffer(count: columns / 256)
    blockLevels = AlignedBuffer(count: columns / scheme.blockSize)
    minimums = AlignedBuffer(count: columns / scheme.blockSize)
    codes = AlignedBuffer(count: columns)
  }

  var unitColumns: Int { scheme.blockSize }

  func prepare(_ row: NormalizedRow) {
    for superblock in scales.values.indices {
      let first = row.block(at: 256 * superblock, size: scheme.blockSize)
      for index in 0..<count {
        let block = first.advanced(by: index)
        ideal[index] = AffineBlock.ideal(
          block, high: scheme.highestCode, offsetAtMostZero: true)
        idealScales[index] = ideal[index].scale
        idealMinimums[index] = -ideal[index].offset
        weights[index] = block.summary.w
      }
      let shared = SuperblockScales(
        d: sharedScale(idealScales.start, row), dmin: sharedScale(idealMinimums.start, row))
      for index in 0..<count {
        chooseLevels(
          superblock * count + index, first.advanced(by: index), ideal[index], shared)
      }
      scales[superblock] = refitted(shared, superblock, first, row)
    }
  }

  func round(_ unit: Int, to block: WeightedBlock, of row: NormalizedRow) {
    let ideal = AffineBlock.ideal(block, high: scheme.highestCode, offsetAtMostZero: true)
    chooseLevels(unit, block, ideal, scales[unit / count])
  }

  var levels: UnsafePointer<rk_levels>? { values }

  func scaling(of unit: Int, in row: NormalizedRow) -> AffineBlock {
    let scales = scales[unit / count]
    return AffineBlock(
      scale: scales.d * Float(blockLevels[unit]), offset: -(scales.dmin * Float(minimums[unit])))
  }

  func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int) {
    let size = scheme.blockSize
    for j in 0..<size { self.codes[unit * size + j] = codes[j * stride] }
  }

  /// What was found for the blocks of a super-block.
  func blocks(ofSuperblock index: Int) -> AffineSuperblock {
    AffineSuperblock(
      levels: blockLevels.start + index * count, minimums: minimums.start + index * count,
      codes: codes.start + index * 256)
  }

  /// The scale, of a fan about the one that just reaches the largest value, whose multiples come closest to all.
  private func sharedScale(_ values: UnsafePointer<Float>, _ row: NormalizedRow) -> Float {
    let largest = (0..<count).reduce(0) { max($0, values[$1]) }
    guard largest > 0 else { return 0 }
    var chosen: (scale: Float, error: Float) = (0, .infinity)
    for fan in 0..<Search.fans {
      var candidates = AffineTrials()
      for lane in 0..<16 {
        let factor = Search.greatest - Search.step * Float(fan * 16 + lane)
        candidates.scales[lane] = factor * largest / Float(scheme.highestLevel)
      }
      candidates.scales = row.roundedToHalf(candidates.scales)
      if candidates.scales[0] == 0 { candidates.scales[0] = row.smallestHalf }
      let targets = WeightedBlock(x: values, w: UnsafePointer(weights.start), count: count)
      let best = candidates.choice(targets, codes: 0...scheme.highestLevel)
      if best.error < chosen.error {
        chosen = (candidates.scales[best.lane], best.error)
      }
    }
    return chosen.scale
  }

  /// Gives a block its best level and minimum at d and dmin, and the codes: of four each, from the one below
  /// the nearest on. From the nearest on, the error is 0.4 % larger; from two below, 0.2 %.
  private func chooseLevels(
    _ index: Int, _ block: WeightedBlock, _ ideal: AffineBlock, _ scales: SuperblockScales
  ) {
    let level = nearest(ideal.scale, scales.d)
    let minimum = nearest(-ideal.offset, scales.dmin)
    var trials = AffineTrials()
    for lane in 0..<16 {
      trials.scales[lane] = scales.d * Float(clamped(level + lane / 4 - 1))
      trials.offsets[lane] = -(scales.dmin * Float(clamped(minimum + lane % 4 - 1)))
    }
    let lane = trials.choice(block, codes: 0...scheme.highestCode).lane
    blockLevels[index] = UInt8(clamped(level + lane / 4 - 1))
    minimums[index] = UInt8(clamped(minimum + lane % 4 - 1))
    trials[lane].codes(
      block, range: 0...scheme.highestCode, into: codes.start + index * block.count)
  }

  private func nearest(_ value: Float, _ unit: Float) -> Int {
    unit == 0 ? 0 : Int(max(0, min((value / unit).rounded(), Float(scheme.highestLevel))))
  }

  private func clamped(_ level: Int) -> Int { max(0, min(level, scheme.highestLevel)) }

  /// The d and dmin, as they are stored, where the levels, minimums and codes of a super-block lose least.
  private func refitted(
    _ scales: SuperblockScales, _ superblock: Int, _ first: WeightedBlock, _ row: NormalizedRow
  ) -> SuperblockScales {
    let sums = NormalSums(blocks(ofSuperblock: superblock), first, count: count)
    let solution = sums.solution
    let rounded = SuperblockScales(
      d: row.roundedToHalf(solution.d), dmin: row.roundedToHalf(solution.dmin))
    return sums.error(rounded) < sums.error(scales) ? rounded : scales
  }

  private enum Search {
    /// Candidates for d and dmin, relative to the one at which the largest ideal has the highest level: the
    /// greatest, the step between them, and how many times sixteen are tried.
    ///
    /// Flat (`docs/constants.md`): a greatest from 1.01 to 1.1 and a step from 0.006 to 0.02 change the error by
    /// 0.2 %; a greatest of 0.98 costs 2.5 %.
    static let greatest: Float = 1.04
    static let step: Float = 0.0125
    static let fans = 2
  }
}

/// The normal equations of x ≈ d a + dmin b, where a = level × code and b = −minimum.
private struct NormalSums {
  private var aa = 0.0
  private var ab = 0.0
  private var bb = 0.0
  private var ax = 0.0
  private var bx = 0.0

  init(_ blocks: AffineSuperblock, _ first: WeightedBlock, count: Int) {
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
  var solution: SuperblockScales {
    let determinant = aa * bb - ab * ab
    if determinant > 1e-9 * aa * bb {
      let dmin = (aa * bx - ab * ax) / determinant
      let d = (bb * ax - ab * bx) / determinant
      if d >= 0, dmin >= 0 {
        return SuperblockScales(d: Float(d), dmin: Float(dmin))
      }
    }
    return SuperblockScales(d: aa > 0 ? Float(max(ax / aa, 0)) : 0, dmin: 0)
  }

  /// Σ w (x − d a − dmin b)², less Σ w x².
  func error(_ scales: SuperblockScales) -> Double {
    let (d, e) = (Double(scales.d), Double(scales.dmin))
    return d * d * aa + 2 * d * e * ab + e * e * bb - 2 * (d * ax + e * bx)
  }
}

/// The scales that the blocks of a super-block share.
struct SuperblockScales: BitwiseCopyable {
  var d: Float
  var dmin: Float
}

/// A super-block as the fit leaves it: weight = d × level × code − dmin × minimum. A view of the fit's memory.
struct AffineSuperblock {
  /// Each block's level and minimum.
  let levels: UnsafePointer<UInt8>
  let minimums: UnsafePointer<UInt8>
  /// Each weight's code.
  let codes: UnsafePointer<UInt8>
}
