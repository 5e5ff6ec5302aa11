import GGUF

/// 256 weights in 8 blocks of 32 on a non-linear grid.  4.25 bits per weight.
///
///     offset   0   d        Float16
///     offset   2   levels   8 × 2 bits, the high ones: bits 2b and 2b + 1
///     offset   4   levels   8 × 4 bits, the low ones: byte b / 2, low nibble for even b
///     offset   8   codes    256 × 4 bits: in each 32, byte j holds weights j and j + 16
///
///     weight = d × (level − 32) × grid[code]
enum IQ4_XS: SharedScaleFormat {
  static let type = TensorType.IQ4_XS

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq4nl), blockSize: 32, levels: .init(lowest: -32, highest: 31),
    scope: .superblock)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    bytes.setWord(0, Int(scale))
    for block in 0..<8 {
      let level = Int(blocks.levels[block]) + 32
      bytes.orByte(2 + block / 4, (level >> 4) << (block % 4 * 2))
      bytes.orByte(4 + block / 2, (level & 15) << (block % 2 * 4))
      LowBits.pack32(blocks.codes + 32 * block, into: bytes + 8 + 16 * block)
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let values = Grid.iq4nl.values(shifted: false)
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 136 * superblock
      let d = bytes.half(0)
      for block in 0..<8 {
        let low = bytes.byte(4 + block / 2) >> (block % 2 * 4) & 15
        let high = bytes.word(2) >> (2 * block) & 3
        let scale = d * Float((low | high << 4) - 32)
        let codes = bytes + 8 + 16 * block
        let y = weights.baseAddress! + 256 * superblock + 32 * block
        for half in 0..<2 {
          Planes(codes, shift: 4 * half, bits: 4)
            .decode(16, values: values, of: 16, scale: scale, into: y + 16 * half)
        }
      }
    }
  }
}
