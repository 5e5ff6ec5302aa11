import GGUF

/// 256 weights in 8 blocks of 32, each of 4 groups of 8 that a 13-bit seed stands for.
/// 1.75 bits per weight, and 4 bytes a row; ik_llama.cpp only.
///
///     row start    d       Float32
///     offset   0   heads   8 × 8 bits: the low nibble of byte b numbers the level of block b, and
///                          bit 4 + g is bit 12 of the seed of its group g
///     offset   8   low     32 × 8 bits: bits 0 … 7 of the seed of group 4 b + g
///     offset  40   high    32 × 4 bits: bits 8 … 11; byte j, low nibble group j, high group j + 16
///
///     weight = d × level × value(seed)
///
/// The levels are those of IQ4_K's grid. Values: see `TrellisGenerator`.
enum IQ1_KT: TrellisFormat {
  static let type = TensorType.IQ1_KT
  static let requiresImportance = true

  private static let generator = TrellisGenerator(group: 8)

  static let scheme = TrellisScheme(
    books: [TrellisCodebook(generator, seeds: 8192, bins: [3, 3, 3, 3, 3, 3, 2, 2])],
    levels: Grid.iq4k.unshifted, magnitudes: .grid(.iq4kMagnitudes), trials: 1, effort: 0.03)

  static func pack(_ blocks: TrellisBlocks, into bytes: UnsafeMutableRawPointer) {
    for block in 0..<8 { bytes.orByte(block, Int(blocks.levels[block])) }
    for group in 0..<32 {
      let seed = Int(blocks.seeds[group])
      bytes.orByte(group / 4, (seed >> 12) << (4 + group % 4))
      bytes.setByte(8 + group, seed & 255)
      bytes.orByte(40 + group % 16, (seed >> 8 & 15) << (group / 16 * 4))
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.single(0)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 4) { seeds in
      for block in 0..<weights.count / 32 {
        let bytes = row + 4 + 56 * (block / 8)
        let head = bytes.byte(block % 8)
        for g in 0..<4 {
          let group = block % 8 * 4 + g
          let high = bytes.byte(40 + group % 16) >> (group / 16 * 4) & 15
          seeds[g] = UInt16(
            bytes.byte(8 + group) | high << 8 | (head >> (4 + g) & 1) << 12)
        }
        generator.values(
          of: seeds.baseAddress!, count: 32, scale: d * Grid.iq4k.value(head & 15),
          into: weights.baseAddress! + 32 * block)
      }
    }
  }
}
