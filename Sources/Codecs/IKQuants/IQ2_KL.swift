import GGUF

/// 256 weights in 8 blocks of 32, each 16 entries of a codebook of 32 pairs; the row has one scale.
/// 2.6875 bits per weight, and 2 bytes a row; ik_llama.cpp only.
///
///     row start    d         Float16
///     offset   0   levels    8 × 2 bits, the high ones: bits 2b and 2b + 1 of a 16-bit word
///     offset   2   levels    8 × 4 bits, the low ones: byte b % 4, low nibble for b < 4
///     offset   6   entries   8 × 16 × 4 bits, the low ones: byte j of each 16 has entry j of blocks
///                            2i and 2i + 1
///     offset  70   entries   8 × 16 × 1 bit, the high one: byte j has entry j of the eight blocks
///
///     weight = d × (level − 32) × value
enum IQ2_KL: SharedScaleFormat {
  static let type = TensorType.IQ2_KL

  static let scheme = SharedScaleScheme(
    quantizer: .pairs(.iq2kl), blockSize: 32, levels: .init(lowest: -32, highest: 31),
    scope: .row(half: true))

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    var high = 0
    for block in 0..<8 {
      let level = Int(blocks.levels[block]) + 32
      high |= (level >> 4) << (2 * block)
      bytes.orByte(2 + block % 4, (level & 15) << (block / 4 * 4))
      for j in 0..<16 {
        let entry = Int(blocks.codes[32 * block + 2 * j])
        bytes.orByte(6 + block / 2 * 16 + j, (entry & 15) << (block % 2 * 4))
        bytes.orByte(70 + j, (entry >> 4) << block)
      }
    }
    bytes.setWord(0, high)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.half(0)
    let values = scheme.quantizer.values(shifted: false)
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 2 + 86 * superblock
      for block in 0..<8 {
        let low = bytes.byte(2 + block % 4) >> (block / 4 * 4) & 15
        let level = low | (bytes.word(0) >> (2 * block) & 3) << 4
        let scale = d * Float(level - 32)
        let y = weights.baseAddress! + 256 * superblock + 32 * block
        let entries = bytes + 6 + block / 2 * 16
        for j in 0..<16 {
          let nibble = entries.byte(j) >> (block % 2 * 4) & 15
          let entry = nibble | (bytes.byte(70 + j) >> block & 1) << 4
          y[2 * j] = scale * values[entry]
          y[2 * j + 1] = scale * values[32 + entry]
        }
      }
    }
  }
}
