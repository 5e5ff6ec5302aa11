import GGUF

/// 256 weights in 8 blocks of 32, each with a 6-bit scale and a 6-bit minimum.  4.5 bits per weight.
///
///     offset   0   d, dmin            Float16 each
///     offset   4   levels, minimums   8 × 6 bits each, see `KLevels`
///     offset  16   codes              256 × 4 bits: in each 64, byte j holds weights j and j + 32
///
///     weight = d × level × code − dmin × minimum
enum Q4_K: AffineSuperblockFormat {
  static let type = TensorType.Q4_K
  static let scheme = AffineSuperblockScheme(highestCode: 15, blockSize: 32, highestLevel: 63)

  static func pack(
    _ blocks: AffineSuperblock, d: UInt16, dmin: UInt16, into bytes: UnsafeMutableRawPointer
  ) {
    KLevels.pack(blocks, d: d, dmin: dmin, into: bytes)
    for group in 0..<4 {
      LowBits.pack64(blocks.codes + 64 * group, into: bytes + 16 + 32 * group)
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 144 * superblock
      let d = bytes.half(0)
      let dmin = bytes.half(2)
      for block in 0..<8 {
        let (level, minimum) = KLevels.levels(bytes, block)
        let y = weights.baseAddress! + 256 * superblock + 32 * block
        Planes(bytes + 16 + block / 2 * 32, shift: block % 2 * 4, bits: 4)
          .decode(32, scale: d * Float(level), minimum: dmin * Float(minimum), into: y)
      }
    }
  }
}
