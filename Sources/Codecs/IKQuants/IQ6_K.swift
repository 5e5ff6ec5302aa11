import GGUF

/// 256 weights in 16 blocks of 16 on a 64-value grid.  6.625 bits per weight; ik_llama.cpp only.
///
///     offset   0   d        Float16
///     offset   2   shifts   16 × 1 bit: block b uses the grid moved by 1
///     offset   4   levels   16 × 8 bits, signed
///     offset  20   low      256 × 4 bits: in each 64, byte j holds weights j and j + 32
///     offset 148   high     256 × 2 bits, see `TwoBits`
///
///     weight = d × level × grid[code]
enum IQ6_K: SharedScaleFormat {
  static let type = TensorType.IQ6_K

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq6nl), blockSize: 16,
    levels: .init(lowest: -128, highest: 127), scope: .superblock)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    bytes.setWord(0, Int(scale))
    for block in 0..<16 {
      bytes.orByte(2 + block / 8, Int(blocks.shifted[block]) << (block % 8))
      bytes.setByte(4 + block, Int(blocks.levels[block]))
    }
    for group in 0..<4 {
      LowBits.pack64(blocks.codes + 64 * group, into: bytes + 20 + 32 * group)
    }
    TwoBits.pack(blocks.codes, shiftedBy: 4, into: bytes + 148)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 212 * superblock
      let d = bytes.half(0)
      let shifts = bytes.word(2)
      for block in 0..<16 {
        let scale = d * Float(bytes.signedByte(4 + block))
        let values = Grid.iq6nl.values(shifted: shifts >> block & 1 != 0)
        let y = weights.baseAddress! + 256 * superblock + 16 * block
        let place = block % 2 * 16
        Planes(bytes + 20 + block / 4 * 32 + place, shift: block / 2 % 2 * 4, bits: 4)
          .with(
            high: bytes + 148 + block / 8 * 32 + place, shift: block / 2 % 4 * 2, bits: 2, above: 4
          )
          .decode(16, values: values, of: 64, scale: scale, into: y)
      }
    }
  }
}
