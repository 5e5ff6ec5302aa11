import GGUF

/// 256 weights in 16 blocks of 16 on a 16-value grid.  4.5 bits per weight; ik_llama.cpp only.
///
///     offset   0   d        Float16
///     offset   2   shifts   16 × 1 bit: block b uses the grid moved by 4
///     offset   4   levels   16 × 2 bits, the high ones: byte b / 4
///     offset   8   levels   16 × 4 bits, the low ones: byte b / 2, low nibble for even b
///     offset  16   codes    256 × 4 bits: in each 32, byte j holds weights j and j + 16
///
///     weight = d × (level − 32) × grid[code]
enum IQ4_K: SharedScaleFormat {
  static let type = TensorType.IQ4_K

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq4k), blockSize: 16,
    levels: .init(lowest: -32, highest: 31), scope: .superblock)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    SixBitLevels.pack(blocks, scale: scale, into: bytes)
    for group in 0..<8 {
      LowBits.pack32(blocks.codes + 32 * group, into: bytes + 16 + 16 * group)
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 144 * superblock
      let d = bytes.half(0)
      for block in 0..<16 {
        let scale = d * Float(SixBitLevels.level(bytes, block))
        let values = Grid.iq4k.values(shifted: SixBitLevels.isShifted(bytes, block))
        let y = weights.baseAddress! + 256 * superblock + 16 * block
        Planes(bytes + 16 + block / 2 * 16, shift: block % 2 * 4, bits: 4)
          .decode(16, values: values, of: 16, scale: scale, into: y)
      }
    }
  }
}
