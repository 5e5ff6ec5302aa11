import GGUF

/// 256 weights in 8 blocks of 32 on a 32-value grid; the row has one scale.  5.25 bits per weight,
/// and 4 bytes a row; ik_llama.cpp only.
///
///     row start    d        Float32
///     offset   0   levels   8 × 8 bits: bit 0 chooses the grid moved by 2
///     offset   8   low      256 × 4 bits: in each 64, byte j holds weights j and j + 32
///     offset 136   high     256 × 1 bit, see `OneBit`
///
///     weight = d × ((level & 254) − 127) × grid[code]
enum IQ5_KS: SharedScaleFormat {
  static let type = TensorType.IQ5_KS

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq5nl), blockSize: 32,
    levels: .init(lowest: -127, highest: 127, step: 2), scope: .row(half: false))

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    for block in 0..<8 {
      bytes.setByte(block, Int(blocks.levels[block]) + 127 | Int(blocks.shifted[block]))
    }
    for group in 0..<4 {
      LowBits.pack64(blocks.codes + 64 * group, into: bytes + 8 + 32 * group)
    }
    OneBit.pack(blocks.codes, bit: 4, into: bytes + 136)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.single(0)
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 4 + 168 * superblock
      for block in 0..<8 {
        let level = bytes.byte(block)
        let scale = d * Float((level & 254) - 127)
        let values = Grid.iq5nl.values(shifted: level & 1 != 0)
        let y = weights.baseAddress! + 256 * superblock + 32 * block
        Planes(bytes + 8 + block / 2 * 32, shift: block % 2 * 4, bits: 4)
          .with(high: bytes + 136, shift: block, bits: 1, above: 4)
          .decode(32, values: values, of: 32, scale: scale, into: y)
      }
    }
  }
}
