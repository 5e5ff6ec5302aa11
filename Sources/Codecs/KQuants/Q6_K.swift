import GGUF

/// 256 weights in 16 blocks of 16, each with an 8-bit scale.  6.5625 bits per weight.
///
///     offset   0   low      256 × 4 bits
///     offset 128   high     256 × 2 bits, see `TwoBits`
///     offset 192   levels   16 × 8 bits, signed
///     offset 208   d        Float16
///
///     weight = d × level × (code − 32)
///
/// Within each half of 128, low byte l holds weights l and l + 64.
enum Q6_K: SharedScaleFormat {
  static let type = TensorType.Q6_K

  static let scheme = SharedScaleScheme(
    quantizer: .uniform(low: -32, high: 31), blockSize: 16,
    levels: .init(lowest: -128, highest: 127), scope: .superblock)

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    for half in 0..<2 {
      let codes = blocks.codes + 128 * half
      for l in 0..<64 {
        bytes.setByte(64 * half + l, Int(codes[l] & 15) | Int(codes[l + 64] & 15) << 4)
      }
    }
    TwoBits.pack(blocks.codes, shiftedBy: 4, into: bytes + 128)
    for block in 0..<16 { bytes.setByte(192 + block, Int(blocks.levels[block])) }
    bytes.setWord(208, Int(scale))
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 210 * superblock
      let d = bytes.half(208)
      for block in 0..<16 {
        let (half, group, place) = (block / 8, block / 2 % 4, block % 2 * 16)
        let scale = d * Float(bytes.signedByte(192 + block))
        Planes(bytes + 64 * half + group % 2 * 32 + place, shift: group / 2 * 4, bits: 4)
          .with(high: bytes + 128 + 32 * half + place, shift: 2 * group, bits: 2, above: 4)
          .decode(
            16, bias: 32, scale: scale,
            into: weights.baseAddress! + 256 * superblock + 16 * block)
      }
    }
  }
}
