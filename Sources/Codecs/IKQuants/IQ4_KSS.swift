import GGUF

/// 256 weights in 8 blocks of 32 on a 16-value grid, in exactly four bits each: the levels live in
/// the bits that a parity constraint sets free.  4 bits per weight, and 4 bytes a row; ik_llama.cpp
/// only.
///
///     row start    d        Float32
///     offset   0   blocks   8 × 8 words of 16 bits
///
///     weight = d × ((level & 254) − 127) × grid[code]
///
/// Bit 0 of word k is bit k of the block's level byte, whose own bit 0 chooses the grid moved by 4.
/// Bits 1 … 15 carry the sixteen bits of the codes of weights 2k, 2k + 16, 2k + 1, 2k + 17 (from the
/// low nibble up), which have even parity: with v = word & 0xfffe they are v ⊕ v ≫ 1. Going the other
/// way, bit i of v is the parity of code bits i … 15, so bit 0 is the parity of all: zero.
enum IQ4_KSS: SharedScaleFormat {
  static let type = TensorType.IQ4_KSS

  static let scheme = SharedScaleScheme(
    quantizer: .parityGrid(.iq4k), blockSize: 32,
    levels: .init(lowest: -127, highest: 127, step: 2), scope: .row(half: false))

  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
  {
    for block in 0..<8 {
      let level = Int(blocks.levels[block]) + 127 | Int(blocks.shifted[block])
      let codes = blocks.codes + 32 * block
      for k in 0..<8 {
        var v =
          Int(codes[2 * k]) | Int(codes[2 * k + 16]) << 4 | Int(codes[2 * k + 1]) << 8
          | Int(codes[2 * k + 17]) << 12
        v ^= v >> 1
        v ^= v >> 2
        v ^= v >> 4
        v ^= v >> 8
        bytes.setWord(16 * block + 2 * k, v & 0xfffe | level >> k & 1)
      }
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.single(0)
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { buffer in
      let codes = buffer.baseAddress!
      for index in 0..<weights.count / 32 {
        let words = row + 4 + 16 * index
        var level = 0
        for k in 0..<8 {
          let word = words.word(2 * k)
          level |= (word & 1) << k
          codes.setWord(2 * k, word & 0xfffe ^ (word & 0xfffe) >> 1)
        }
        let scale = d * Float((level & 254) - 127)
        let values = Grid.iq4k.values(shifted: level & 1 != 0)
        for half in 0..<2 {
          Planes(UnsafeRawPointer(codes), shift: 4 * half, bits: 4)
            .decode(
              16, values: values, of: 16, scale: scale,
              into: weights.baseAddress! + 32 * index + 16 * half)
        }
      }
    }
  }
}
