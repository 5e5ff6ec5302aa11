import GGUF

/// 256 weights in 16 blocks of 16, each with a 4-bit scale and a 4-bit minimum.  2.625 bits per
/// weight.
///
///     offset   0   levels, minimums   16 × (4 + 4) bits: the level is the low nibble
///     offset  16   codes              256 × 2 bits, see `TwoBits`
///     offset  80   d, dmin            Float16 each
///
///     weight = d × level × code − dmin × minimum
enum Q2_K: AffineSuperblockFormat {
  static let type = TensorType.Q2_K
  static let scheme = AffineSuperblockScheme(highestCode: 3, blockSize: 16, highestLevel: 15)

  static func pack(
    _ blocks: AffineSuperblock, d: UInt16, dmin: UInt16, into bytes: UnsafeMutableRawPointer
  ) {
    for block in 0..<16 {
      bytes.setByte(block, Int(blocks.levels[block]) | Int(blocks.minimums[block]) << 4)
    }
    TwoBits.pack(blocks.codes, into: bytes + 16)
    bytes.setWord(80, Int(d))
    bytes.setWord(82, Int(dmin))
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 84 * superblock
      let d = bytes.half(80)
      let dmin = bytes.half(82)
      for block in 0..<16 {
        let scale = d * Float(bytes.byte(block) & 15)
        let minimum = dmin * Float(bytes.byte(block) >> 4)
        let y = weights.baseAddress! + 256 * superblock + 16 * block
        TwoBits.planes(bytes + 16, group: block / 2, from: block % 2 * 16)
          .decode(16, scale: scale, minimum: minimum, into: y)
      }
    }
  }
}
