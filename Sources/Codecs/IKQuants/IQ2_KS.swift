import GGUF

/// 256 weights in 8 blocks of 32 on a 4-value grid; the row has one scale.  2.1875 bits per weight,
/// and 2 bytes a row; ik_llama.cpp only.
///
///     row start    d        Float16
///     offset   0   shifts   8 × 1 bit: block b uses the grid moved by 5
///     offset   1   levels   8 × 1 bit, the high one
///     offset   2   levels   8 × 4 bits, the low ones: byte b / 2, low nibble for even b
///     offset   6   codes    256 × 2 bits, see `TwoBits`
///
///     weight = d × (level − 16) × grid[code]
enum IQ2_KS: SharedScaleFormat {
  static let type = TensorType.IQ2_KS

  static let scheme = SharedScaleScheme(
    quantizer: .grid(.iq2nl), blockSize: 32, levels: .init(lowest: -16, highest: 15),
    scope: .row(half: true))

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    for block in 0..<8 {
      let level = Int(blocks.levels[block]) + 16
      bytes.orByte(0, Int(blocks.shifted[block]) << block)
      bytes.orByte(1, (level >> 4) << block)
      bytes.orByte(2 + block / 2, (level & 15) << (block % 2 * 4))
    }
    TwoBits.pack(blocks.codes, into: bytes + 6)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.half(0)
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 2 + 70 * superblock
      for block in 0..<8 {
        let low = bytes.byte(2 + block / 2) >> (block % 2 * 4) & 15
        let high = bytes.byte(1) >> block & 1
        let scale = d * Float((low | high << 4) - 16)
        let values = Grid.iq2nl.values(shifted: bytes.byte(0) >> block & 1 != 0)
        let y = weights.baseAddress! + 256 * superblock + 32 * block
        TwoBits.planes(bytes + 6, group: block)
          .decode(32, values: values, of: 4, scale: scale, into: y)
      }
    }
  }
}
