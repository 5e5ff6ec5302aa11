import GGUF

/// 32 weights of four bits, sign, two of exponent and one of significand, share a power of two.
/// 4.25 bits per weight. (Open Compute Project, "Microscaling Formats", 2023.)
///
///     offset  0   exponent   8 bits
///     offset  1   codes      32 × 4 bits: byte j holds weights j and j + 16
///
///     weight = 2^(exponent − 128) × value[code]
///
/// The values are twice those of the four-bit float, 0 … 12, so that they are integers. The exponent 255 stands for
/// NaN; both programs compute with it as with any other, and llama.cpp refuses it where it checks tensors.
enum MXFP4: FittedFormat {
  static let type = TensorType.MXFP4

  /// The exponent that stands for NaN.
  static let noExponent = 255

  /// The values of the codes.
  static let values: [Float] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

  private static let table = ConstantTable(values)
  private static let quantizer = MicroscalingFit.quantizer(of: values)

  static var unitColumns: Int { MicroscalingFit.unitColumns }

  static func fit(columns: Int) -> MicroscalingFit { MicroscalingFit(quantizer, columns: columns) }

  static func pack(
    _ index: Int, of row: NormalizedRow, _ fit: MicroscalingFit,
    into bytes: UnsafeMutableRawPointer
  ) {
    let (exponent, codes) = fit.block(index)
    if exponent == MicroscalingFit.largestExponent { row.isAtLimit = true }
    bytes.setByte(0, exponent)
    LowBits.pack32(codes, into: bytes + 1)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let values = table.start
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

  static func unscaledBlocks(_ row: UnsafeRawPointer, weights: Int) -> [Int] {
    (0..<weights / 32).filter { row.byte(17 * $0) == noExponent }
  }
}
