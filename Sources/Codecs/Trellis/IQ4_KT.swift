import GGUF

/// 256 weights in 8 blocks of 32, each of 8 groups of 4 that a 15-bit seed stands for, in one of
/// two ranges of seeds.  4 bits per weight, and 4 bytes a row; ik_llama.cpp only.
///
///     row start    d       Float32
///     offset   0   heads   8 × 32 bits: bit 0 of word b adds 32768 to the seeds of block b, bits
///                          1 … 7 are its level plus 64, and bits 8 + 3 g … 10 + 3 g are bits
///                          12 … 14 of the seed of its group g
///     offset  32   low     64 × 8 bits: bits 0 … 7 of the seed of group 8 b + g
///     offset  96   high    64 × 4 bits: bits 8 … 11; byte j, low nibble group j, high group j + 32
///
///     weight = d × level × value(seed)
///
/// Values: see `TrellisGenerator`.
enum IQ4_KT: TrellisFormat {
  static let type = TensorType.IQ4_KT

  private static let generators = [
    TrellisGenerator(group: 4), TrellisGenerator(group: 4, offset: 4096 + 32768),
  ]

  static let scheme = TrellisScheme(
    books: generators.map { TrellisCodebook($0, seeds: 32768, bins: [8, 8, 8, 7]) },
    levels: (-64...63).map { Float($0) }, magnitudes: .uniform(low: 0, high: 63), trials: 6,
    effort: 0.18)

  static func pack(_ blocks: TrellisBlocks, into bytes: UnsafeMutableRawPointer) {
    for block in 0..<8 {
      bytes.setByte(4 * block, Int(blocks.levels[block]) << 1 | Int(blocks.books[block]))
    }
    for group in 0..<64 {
      let seed = Int(blocks.seeds[group])
      let place = 8 + group % 8 * 3
      let high = (seed >> 12) << (place % 8)
      bytes.orByte(group / 8 * 4 + place / 8, high)
      if high > 255 { bytes.orByte(group / 8 * 4 + place / 8 + 1, high >> 8) }
      bytes.setByte(32 + group, seed & 255)
      bytes.orByte(96 + group % 32, (seed >> 8 & 15) << (group / 32 * 4))
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.single(0)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 8) { seeds in
      for block in 0..<weights.count / 32 {
        let bytes = row + 4 + 128 * (block / 8)
        let head = bytes.word(block % 8 * 4) | bytes.word(block % 8 * 4 + 2) << 16
        for g in 0..<8 {
          let group = block % 8 * 8 + g
          let high = bytes.byte(96 + group % 32) >> (group / 32 * 4) & 15
          seeds[g] = UInt16(bytes.byte(32 + group) | high << 8 | (head >> (8 + 3 * g) & 7) << 12)
        }
        generators[head & 1].values(
          of: seeds.baseAddress!, count: 32, scale: d * Float((head >> 1 & 127) - 64),
          into: weights.baseAddress! + 32 * block)
      }
    }
  }
}
