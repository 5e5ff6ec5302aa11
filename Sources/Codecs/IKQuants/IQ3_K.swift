import GGUF

/// 256 weights in 16 blocks of 16 on an 8-value grid.  3.4375 bits per weight; ik_llama.cpp only.
///
///     offset   0   d          Float16
///     offset   2   shifts     16 × 1 bit: block b uses the grid moved by 4
///     offset   4   signs      16 × 1 bit: the level of block b is negative
///     offset   6   levels     16 × 4 bits: byte b / 2, low nibble for even b
///     offset  14   low        256 × 2 bits, see `TwoBits`
///     offset  78   high       256 × 1 bit, see `OneBit`
///
///     weight = d × ±(2 level + 1) × grid[code]
enum IQ3_K: SharedScaleFormat {
  static let type = TensorType.IQ3_K

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq3nl), blockSize: 16,
    levels: .init(lowest: -31, highest: 31, step: 2), scope: .superblock)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    bytes.setWord(0, Int(scale))
    for block in 0..<16 {
      let level = Int(blocks.levels[block])
      bytes.orByte(2 + block / 8, Int(blocks.shifted[block]) << (block % 8))
      bytes.orByte(4 + block / 8, (level < 0 ? 1 : 0) << (block % 8))
      bytes.orByte(6 + block / 2, (abs(level) / 2) << (block % 2 * 4))
    }
    TwoBits.pack(blocks.codes, into: bytes + 14)
    OneBit.pack(blocks.codes, bit: 2, into: bytes + 78)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let grid = Grid.iq3nl
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 110 * superblock
      let d = bytes.half(0)
      let shifts = bytes.word(2)
      let signs = bytes.word(4)
      for block in 0..<16 {
        let magnitude = 2 * (bytes.byte(6 + block / 2) >> (block % 2 * 4) & 15) + 1
        let scale = d * Float(signs >> block & 1 == 0 ? magnitude : -magnitude)
        let values = grid.values(shifted: shifts >> block & 1 != 0)
        let y = weights.baseAddress! + 256 * superblock + 16 * block
        let place = block % 2 * 16
        TwoBits.planes(bytes + 14, group: block / 2, from: place)
          .with(high: bytes + 78 + place, shift: block / 2, bits: 1, above: 2)
          .decode(16, values: values, of: 8, scale: scale, into: y)
      }
    }
  }
}
