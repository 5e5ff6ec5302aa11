import GGUF

/// 32 weights share a half-precision scale.  8.5 bits per weight.
///
///     offset  0   d       Float16
///     offset  2   codes   32 × 8 bits, signed
///
///     weight = d × code
///
/// The encoder leaves −128 unused, as the reference does: kernels negate codes.
enum Q8_0: SharedScaleFormat {
  static let type = TensorType.Q8_0

  static let scheme = SharedScaleScheme(
    quantizer: .uniform(low: -127, high: 127), blockSize: 32, levels: .one, scope: .block)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    bytes.setWord(0, Int(scale))
    for j in 0..<32 { bytes.setByte(2 + j, Int(blocks.codes[j]) - 127) }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for block in 0..<weights.count / 32 {
      let bytes = row + 34 * block
      let d = bytes.half(0)
      let y = weights.baseAddress! + 32 * block
      for j in 0..<32 { y[j] = Float(bytes.signedByte(2 + j)) * d }
    }
  }
}
