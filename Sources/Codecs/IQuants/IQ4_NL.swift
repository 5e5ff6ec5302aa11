import GGUF

/// 32 weights on a non-linear grid share a half-precision scale.  4.5 bits per weight.
///
///     offset  0   d       Float16
///     offset  2   codes   32 × 4 bits: byte j holds weights j and j + 16
///
///     weight = d × grid[code]
enum IQ4_NL: SharedScaleFormat {
  static let type = TensorType.IQ4_NL

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq4nl), blockSize: 32, levels: .one, scope: .block)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    bytes.setWord(0, Int(scale))
    LowBits.pack32(blocks.codes, into: bytes + 2)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let values = Grid.iq4nl.values(shifted: false)
    for block in 0..<weights.count / 32 {
      let bytes = row + 18 * block
      let d = bytes.half(0)
      let y = weights.baseAddress! + 32 * block
      for half in 0..<2 {
        Planes(bytes + 2, shift: 4 * half, bits: 4)
          .decode(16, values: values, of: 16, scale: d, into: y + 16 * half)
      }
    }
  }
}
