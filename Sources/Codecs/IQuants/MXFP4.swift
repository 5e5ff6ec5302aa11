import GGUF
import KernelsC

/// 32 weights of four bits, sign, two of exponent and one of significand, share a power of two.
/// 4.25 bits per weight. (Open Compute Project, "Microscaling Formats", 2023.)
///
///     offset  0   exponent   8 bits
///     offset  1   codes      32 × 4 bits: byte j holds weights j and j + 16
///
///     weight = 2^(exponent − 128) × value[code]
///
/// The values are twice those of the four-bit float, 0 … 12, so that they are integers.
enum MXFP4: RowFormat {
  static let type = TensorType.MXFP4

  /// The values of the codes.
  static let values: [Float] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

  /// The values in ascending order: code 15 … 8, then 0 … 7. Zero has two codes.
  private static let quantizer = BlockQuantizer.grid(
    Grid(values[8...].reversed() + values[..<8]))

  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into bytes: UnsafeMutableRawPointer
  ) {
    let row = NormalizedRow(weights, importance: importance)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
      let ranks = buffer.baseAddress!
      for index in 0..<weights.count / 32 {
        let block = row.block(at: 32 * index, size: 32)
        let target = bytes + 17 * index
        let exponent = bestExponent(block, row)
        quantizer.codes(
          block, scale: power(exponent, row), shifted: false, into: ranks)
        // Bytes on from one that ranks gave: 15 … 8, then 0 … 7.
        func code(_ j: Int) -> Int { ranks[j] < 8 ? 15 - Int(ranks[j]) : Int(ranks[j]) - 8 }
        target.setByte(0, exponent)
        for j in 0..<16 { target.setByte(1 + j, code(j) | code(j + 16) << 4) }
      }
    }
  }

  /// The exponent of least error among sixteen about the one at which the largest weight meets the
  /// largest value.
  private static func bestExponent(
    _ block: WeightedBlock, _ row: borrowing NormalizedRow
  ) -> Int {
    let largest = block.summary.magnitude
    guard largest > 0 else { return 0 }
    let first = Int((largest / 12).exponent) + row.exponent + 128 - 13
    var trials = Trials()
    for lane in 0..<16 { trials.scales[lane] = power(clamped(first + lane), row) }
    return clamped(first + Int(quantizer.choice(block, trials).lane))
  }

  /// Twelve times 2^(252 − 128) is the largest weight that a float can hold.
  private static func clamped(_ exponent: Int) -> Int { max(0, min(exponent, 252)) }

  /// 2^(exponent − 128), for weights of the normalised row.
  private static func power(_ exponent: Int, _ row: borrowing NormalizedRow) -> Float {
    Float(sign: .plus, exponent: exponent - 128 - row.exponent, significand: 1)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for block in 0..<weights.count / 32 {
      let bytes = row + 17 * block
      let scale = Float(sign: .plus, exponent: bytes.byte(0) - 128, significand: 1)
      let y = weights.baseAddress! + 32 * block
      for half in 0..<2 {
        Planes(bytes + 1, shift: 4 * half, bits: 4)
          .decode(16, values: values, of: 16, scale: scale, into: y + 16 * half)
      }
    }
  }
}
