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

  static func pack(_ blocks: FittedBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer) {
    bytes.setWord(0, Int(scale))
    LowBits.pack32(blocks.codes, into: bytes + 6)
    for j in 0..<32 { bytes.orByte(2 + j / 8, Int(blocks.codes[j] >> 4) << (j % 8)) }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for block in 0..<weights.count / 32 {
      let bytes = row + 22 * block
      let d = bytes.half(0)
      let y = weights.baseAddress! + 32 * block
      for j in 0..<16 {
        let byte = bytes.byte(6 + j)
        let low = bytes.byte(2 + j / 8) >> (j % 8) & 1
        let high = bytes.byte(4 + j / 8) >> (j % 8) & 1
        y[j] = Float((byte & 15 | low << 4) - 16) * d
        y[j + 16] = Float((byte >> 4 | high << 4) - 16) * d
      }
    }
  }
}
