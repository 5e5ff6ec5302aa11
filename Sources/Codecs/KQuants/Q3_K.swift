import GGUF

/// 256 weights in 16 blocks of 16, each with a 6-bit scale.  3.4375 bits per weight.
///
///     offset   0   high     256 × 1 bit, see `OneBit`
///     offset  32   low      256 × 2 bits, see `TwoBits`
///     offset  96   levels   16 × 6 bits, biased by 32
///     offset 108   d        Float16
///
///     weight = d × (level − 32) × (code − 4)
///
/// Byte b mod 8 of the levels holds the low four bits of level b, in its high nibble for b ≥ 8; byte
/// 8 + b mod 4 holds the high two, b / 4 pairs of bits up.
enum Q3_K: SharedScaleFormat {
  static let type = TensorType.Q3_K

  static let scheme = SharedScaleScheme(
    quantizer: .uniform(low: -4, high: 3), blockSize: 16,
    levels: .init(lowest: -32, highest: 31), scope: .superblock)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    OneBit.pack(blocks.codes, bit: 2, into: bytes)
    TwoBits.pack(blocks.codes, into: bytes + 32)
    let levels = bytes + 96
    for block in 0..<16 {
      let level = Int(blocks.levels[block]) + 32
      levels.orByte(block % 8, (level & 15) << (block / 8 * 4))
      levels.orByte(8 + block % 4, (level >> 4) << (block / 4 * 2))
    }
    bytes.setWord(108, Int(scale))
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 110 * superblock
      let levels = bytes + 96
      let d = bytes.half(108)
      for block in 0..<16 {
        let low4 = levels.byte(block % 8) >> (block / 8 * 4) & 15
        let high2 = levels.byte(8 + block % 4) >> (block / 4 * 2) & 3
        let scale = d * Float((low4 | high2 << 4) - 32)
        let y = weights.baseAddress! + 256 * superblock + 16 * block
        let place = block % 2 * 16
        TwoBits.planes(bytes + 32, group: block / 2, from: place)
          .with(high: bytes + place, shift: block / 2, bits: 1, above: 2)
          .decode(16, bias: 4, scale: scale, into: y)
      }
    }
  }
}
