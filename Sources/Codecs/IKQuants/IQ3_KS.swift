import GGUF

/// 256 weights in 8 blocks of 32 on an 8-value grid; the row has one scale.  3.1875 bits per weight,
/// and 2 bytes a row; ik_llama.cpp only.
///
///     row start    d        Float16
///     offset   0   levels   8 × 1 bit, the high one
///     offset   1   shifts   8 × 1 bit: block b uses the grid moved by 4
///     offset   2   levels   8 × 4 bits, the low ones: byte b mod 4, high nibble for b ≥ 4
///     offset   6   low      256 × 2 bits, see `TwoBits`
///     offset  70   high     256 × 1 bit, see `OneBit`
///
///     weight = d × (level − 16) × grid[code]
enum IQ3_KS: SharedScaleFormat {
  static let type = TensorType.IQ3_KS

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq3nl), blockSize: 32, levels: .init(lowest: -16, highest: 15),
    scope: .row(half: true))

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    for block in 0..<8 {
      let level = Int(blocks.levels[block]) + 16
      bytes.orByte(0, (level >> 4) << block)
      bytes.orByte(1, Int(blocks.shifted[block]) << block)
      bytes.orByte(2 + block % 4, (level & 15) << (block / 4 * 4))
    }
    TwoBits.pack(blocks.codes, into: bytes + 6)
    OneBit.pack(blocks.codes, bit: 2, into: bytes + 70)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.half(0)
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 2 + 102 * superblock
      for block in 0..<8 {
        let low4 = bytes.byte(2 + block % 4) >> (block / 4 * 4) & 15
        let scale = d * Float((low4 | (bytes.byte(0) >> block & 1) << 4) - 16)
        let values = Grid.iq3nl.values(shifted: bytes.byte(1) >> block & 1 != 0)
        let y = weights.baseAddress! + 256 * superblock + 32 * block
        TwoBits.planes(bytes + 6, group: block)
          .with(high: bytes + 70, shift: block, bits: 1, above: 2)
          .decode(32, values: values, of: 8, scale: scale, into: y)
      }
    }
  }
}
