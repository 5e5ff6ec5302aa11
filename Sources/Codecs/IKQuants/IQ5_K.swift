import GGUF

/// 256 weights in 16 blocks of 16 on a 32-value grid.  5.5 bits per weight; ik_llama.cpp only.
///
///     offset   0   d        Float16
///     offset   2   shifts   16 × 1 bit: block b uses the grid moved by 2
///     offset   4   levels   16 × 2 bits, the high ones: byte b / 4
///     offset   8   levels   16 × 4 bits, the low ones: byte b / 2, low nibble for even b
///     offset  16   low      256 × 4 bits: in each 64, byte j holds weights j and j + 32
///     offset 144   high     256 × 1 bit, see `OneBit`
///
///     weight = d × (level − 32) × grid[code]
enum IQ5_K: SharedScaleFormat {
  static let type = TensorType.IQ5_K

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq5nl), blockSize: 16,
    levels: .init(lowest: -32, highest: 31), scope: .superblock)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    SixBitLevels.pack(blocks, scale: scale, into: bytes)
    for group in 0..<4 {
      LowBits.pack64(blocks.codes + 64 * group, into: bytes + 16 + 32 * group)
    }
    OneBit.pack(blocks.codes, bit: 4, into: bytes + 144)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 176 * superblock
      let d = bytes.half(0)
      for block in 0..<16 {
        let scale = d * Float(SixBitLevels.level(bytes, block))
        let values = Grid.iq5nl.values(shifted: SixBitLevels.isShifted(bytes, block))
        let y = weights.baseAddress! + 256 * superblock + 16 * block
        let place = block % 2 * 16
        Planes(bytes + 16 + block / 4 * 32 + place, shift: block / 2 % 2 * 4, bits: 4)
          .with(high: bytes + 144 + place, shift: block / 2, bits: 1, above: 4)
          .decode(16, values: values, of: 32, scale: scale, into: y)
      }
    }
  }
}
