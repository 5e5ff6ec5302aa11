import GGUF

/// 256 weights in 8 blocks of 32 on a 16-value grid; the row has one scale.  4.25 bits per weight,
/// and 4 bytes a row; ik_llama.cpp only.
///
///     row start    d        Float32
///     offset   0   levels   8 × 8 bits: bit 0 chooses the grid moved by 4
///     offset   8   codes    256 × 4 bits: in each 32, byte j holds weights j and j + 16
///
///     weight = d × ((level & 254) − 127) × grid[code]
enum IQ4_KS: SharedScaleFormat {
  static let type = TensorType.IQ4_KS

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq4k), blockSize: 32,
    levels: .init(lowest: -127, highest: 127, step: 2), scope: .row(half: false))

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    for block in 0..<8 {
      bytes.setByte(block, Int(blocks.levels[block]) + 127 | Int(blocks.shifted[block]))
      LowBits.pack32(blocks.codes + 32 * block, into: bytes + 8 + 16 * block)
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.single(0)
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 4 + 136 * superblock
      for block in 0..<8 {
        let level = bytes.byte(block)
        let scale = d * Float((level & 254) - 127)
        let values = Grid.iq4k.values(shifted: level & 1 != 0)
        let y = weights.baseAddress! + 256 * superblock + 32 * block
        let codes = bytes + 8 + 16 * block
        for half in 0..<2 {
          Planes(codes, shift: 4 * half, bits: 4)
            .decode(16, values: values, of: 16, scale: scale, into: y + 16 * half)
        }
      }
    }
  }
}
