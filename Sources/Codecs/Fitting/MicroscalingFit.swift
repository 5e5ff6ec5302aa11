import GGUF
import KernelsC

/// Finds the exponents and codes of blocks of 32 that are scaled by a power of two each, one of sixteen about
/// that at which the largest weight meets the largest value.
final class MicroscalingFit: RowFit {
  private let quantizer: BlockQuantizer
  /// Each block's exponent: its weights are multiplied by 2^(exponent − 128).
  private let exponents: AlignedBuffer<UInt8>
  private let codes: AlignedBuffer<UInt8>

  /// - Parameter quantizer: what `quantizer(of:)` makes of a type's values.
  init(_ quantizer: BlockQuantizer, columns: Int) {
    self.quantizer = quantizer
    exponents = AlignedBuffer(count: columns / Self.unitColumns)
    codes = AlignedBuffer(count: columns)
  }

  /// The values in ascending order: those of code 15 … 8, then of 0 … 7. Zero has two codes.
  ///
  /// - Parameter values: of the sixteen codes, first the positive, ascending, then as many negative.
  /// - Returns: what lives as long as the process, so a type makes it once.
  static func quantizer(of values: [Float]) -> BlockQuantizer {
    .grid(Grid(values[8...].reversed() + values[..<8]))
  }

  static let unitColumns = 32
  var unitColumns: Int { Self.unitColumns }

  func prepare(_ row: NormalizedRow) {
    for index in exponents.values.indices {
      round(index, to: row.block(at: index * unitColumns, size: unitColumns), of: row)
    }
  }

  func round(_ unit: Int, to block: WeightedBlock, of row: NormalizedRow) {
    let exponent = bestExponent(block, row)
    let codes = codes.start + unit * unitColumns
    exponents[unit] = UInt8(exponent)
    quantizer.codes(block, scale: power(exponent, row), shifted: false, into: codes)
    for j in 0..<unitColumns { codes[j] = Self.code(ofRank: codes[j]) }
  }

  var levels: UnsafePointer<rk_levels>? { quantizer.levels }

  func scaling(of unit: Int, in row: NormalizedRow) -> AffineBlock {
    AffineBlock(scale: power(Int(exponents[unit]), row), offset: 0)
  }

  func setCodes(of unit: Int, to codes: UnsafePointer<UInt8>, stride: Int) {
    for j in 0..<unitColumns {
      self.codes[unit * unitColumns + j] = Self.code(ofRank: codes[j * stride])
    }
  }

  /// From the order of the values to that of the codes.
  private static func code(ofRank rank: UInt8) -> UInt8 { rank < 8 ? 15 - rank : rank - 8 }

  /// The exponent of a block, and its codes.
  func block(_ index: Int) -> (exponent: Int, codes: UnsafePointer<UInt8>) {
    (Int(exponents[index]), UnsafePointer(codes.start + index * unitColumns))
  }

  private func bestExponent(_ block: WeightedBlock, _ row: NormalizedRow) -> Int {
    let largest = block.summary.magnitude
    guard largest > 0 else { return 0 }
    let first = Int((largest / quantizer.extreme).exponent) + row.exponent + 128 - Search.below
    var trials = Trials()
    for lane in 0..<16 { trials.scales[lane] = power(clamped(first + lane), row) }
    return clamped(first + quantizer.choice(block, trials).lane)
  }

  /// Twelve times 2^(252 − 128) is the largest weight that a float can hold.
  static let largestExponent = 252

  private func clamped(_ exponent: Int) -> Int { max(0, min(exponent, Self.largestExponent)) }

  /// 2^(exponent − 128), for weights of the normalised row.
  private func power(_ exponent: Int, _ row: NormalizedRow) -> Float {
    Float(sign: .plus, exponent: exponent - 128 - row.exponent, significand: 1)
  }

  private enum Search {
    /// How many of the sixteen exponents lie below that of the largest weight.
    static let below = 13
  }
}
