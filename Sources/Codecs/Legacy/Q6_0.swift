import GGUF

/// 32 weights share a half-precision scale.  6.5 bits per weight; ik_llama.cpp only.
///
///     offset  0   d       Float16
///     offset  2   high    32 × 2 bits: byte j holds weights j, j + 16, j + 8, j + 24
///     offset 10   low     32 × 4 bits: byte j holds weights j and j + 16
///
///     weight = d × (code − 32)
enum Q6_0: SharedScaleFormat {
  static let type = TensorType.Q6_0

  static let scheme = SharedScaleScheme(
    quantizer: .uniform(low: -32, high: 31), blockSize: 32, levels: .one, scope: .block)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    bytes.setWord(0, Int(scale))
    LowBits.pack32(blocks.codes, into: bytes + 10)
    for j in 0..<16 {
      let pair = Int(blocks.codes[j] >> 4) | Int(blocks.codes[j + 16] >> 4) << 2
      bytes.orByte(2 + j % 8, pair << (j / 8 * 4))
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for block in 0..<weights.count / 32 {
      let bytes = row + 26 * block
      let d = bytes.half(0)
      let y = weights.baseAddress! + 32 * block
      for j in 0..<16 {
        let byte = bytes.byte(10 + j)
        let pair = bytes.byte(2 + j % 8) >> (j / 8 * 4)
        y[j] = Float((byte & 15 | (pair & 3) << 4) - 32) * d
        y[j + 16] = Float((byte >> 4 | (pair & 12) << 2) - 32) * d
      }
    }
  }
}
