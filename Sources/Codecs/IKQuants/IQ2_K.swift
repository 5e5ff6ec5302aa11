import GGUF

/// 256 weights in 16 blocks of 16 on a 4-value grid.  2.375 bits per weight; ik_llama.cpp only.
///
///     offset   0   d        Float16
///     offset   2   shifts   16 × 1 bit: block b uses the grid moved by 5
///     offset   4   levels   16 × 4 bits: byte b / 2, low nibble for even b
///     offset  12   codes    256 × 2 bits, see `TwoBits`
///
///     weight = d × (level − 8) × grid[code]
enum IQ2_K: SharedScaleFormat {
  static let type = TensorType.IQ2_K

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq2nl), blockSize: 16, levels: .init(lowest: -8, highest: 7),
    scope: .superblock)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    bytes.setWord(0, Int(scale))
    for block in 0..<16 {
      bytes.orByte(2 + block / 8, Int(blocks.shifted[block]) << (block % 8))
      bytes.orByte(4 + block / 2, (Int(blocks.levels[block]) + 8) << (block % 2 * 4))
    }
    TwoBits.pack(blocks.codes, into: bytes + 12)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 76 * superblock
      let d = bytes.half(0)
      let shifts = bytes.word(2)
      for block in 0..<16 {
        let level = bytes.byte(4 + block / 2) >> (block % 2 * 4) & 15
        let scale = d * Float(level - 8)
        let values = Grid.iq2nl.values(shifted: shifts >> block & 1 != 0)
        let y = weights.baseAddress! + 256 * superblock + 16 * block
        TwoBits.planes(bytes + 12, group: block / 2, from: block % 2 * 16)
          .decode(16, values: values, of: 4, scale: scale, into: y)
      }
    }
  }
}
