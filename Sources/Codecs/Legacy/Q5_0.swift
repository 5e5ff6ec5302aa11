import GGUF

/// 32 weights share a half-precision scale.  5.5 bits per weight.
///
///     offset  0   d       Float16
///     offset  2   high    32 × 1 bit: bit j is bit 4 of code j
///     offset  6   low     32 × 4 bits: byte j holds weights j and j + 16
///
///     weight = d × (code − 16)
enum Q5_0: SharedScaleFormat {
  static let type = TensorType.Q5_0

  static let scheme = SharedScaleScheme(
    quantizer: .uniform(low: -16, high: 15), blockSize: 32, levels: .one, scope: .block)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    bytes.setWord(0, Int(scale))
    LowBits.pack32(blocks.codes, into: bytes + 6)
    for j in 0..<32 { bytes.orByte(2 + j / 8, Int(blocks.codes[j] >> 4) << (j % 8)) }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for block in 0..<weights.count / 32 {
      let bytes = row + 22 * block
      let d = bytes.half(0)
      let y = weights.baseAddress! + 32 * block
      let high = bytes.doubleWord(2)
      for half in 0..<2 {
        Planes(bytes + 6, shift: 4 * half, bits: 4)
          .with(highBits: high >> UInt32(16 * half), above: 4)
          .decode(16, bias: 16, scale: d, into: y + 16 * half)
      }
    }
  }
}
