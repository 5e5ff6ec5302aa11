import GGUF
import KernelsC

/// Finds scale, offset and codes of blocks of 32 that share nothing: the ideal scale and offset, rounded to
/// halves in the combination of least error.
final class AffineFit: RowFit {
  private let highestCode: Int
  /// Each block's scale and offset, of the normalised row, exactly as they are stored.
  private let blocks: AlignedBuffer<AffineBlock>
  private let codes: AlignedBuffer<UInt8>
  /// The codes themselves.
  private let values: UnsafePointer<rk_levels>

  /// - Parameter highestCode: the lowest is 0.
  init(highestCode: Int, columns: Int) {
    self.highestCode = highestCode
    values = BlockQuantizer.codes(upTo: highestCode)
    blocks = AlignedBuffer(count: columns / Self.unitColumns)
    codes = AlignedBuffer(count: columns)
  }

  static let unitColumns = 32
  var unitColumns: Int { Self.unitColumns }

  func prepare(_ row: NormalizedRow) {
    for index in blocks.values.indices {
      round(index, to: row.block(at: index * unitColumns, size: unitColumns), of: row)
    }
  }

  func round(_ unit: Int, to block: WeightedBlock, of row: NormalizedRow) {
    blocks[unit] = stored(block, row)
    blocks[unit].codes(
      block, range: 0...highestCode, into: codes.start + unit * unitColumns)
  }

  var levels: UnsafePointer<rk_levels>? { values }

  func scaling(of unit: Int, in row: NormalizedRow) -> AffineBlock {
    blocks[unit]
  }

  func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int) {
    for j in 0..<unitColumns { self.codes[unit * unitColumns + j] = codes[j * stride] }
  }

  /// The scale and offset of a block, and its codes.
  func block(_ index: Int) -> (AffineBlock, codes: UnsafePointer<UInt8>) {
    (blocks[index], UnsafePointer(codes.start + index * unitColumns))
  }

  private func stored(_ block: WeightedBlock, _ row: NormalizedRow) -> AffineBlock {
    let ideal = AffineBlock.ideal(block, high: highestCode, offsetAtMostZero: false)
    var trials = AffineTrials()
    for lane in 0..<16 {
      let scaleStep = 1 + Float(lane / 4 * 2 - 3) * Search.step
      let offsetStep = 1 + Float(lane % 4 * 2 - 3) * Search.step
      trials.scales[lane] = ideal.scale * scaleStep
      trials.offsets[lane] = ideal.offset * offsetStep
    }
    trials.scales = row.roundedToHalf(trials.scales)
    trials.offsets = row.roundedToHalf(trials.offsets)
    return trials[trials.choice(block, codes: 0...highestCode).lane]
  }

  private enum Search {
    /// Half the distance of the trials about the ideal, of which there are four each for scale and offset. A half
    /// has 11 significant bits: these reach the neighbours on both sides. Flat: half or twice as much changes
    /// the error by 0.1 % (`docs/constants.md`).
    static let step: Float = 0x1p-12
  }
}
