import GGUF

/// 256 weights in 8 blocks of 32, each of 4 groups of 8 that a 16-bit seed stands for.
/// 2.125 bits per weight, and 4 bytes a row; ik_llama.cpp only.
///
///     row start    d        Float32
///     offset   0   levels   8 × 4 bits: byte b, low nibble block b, high block b + 4
///     offset   4   seeds    32 × 16 bits
///
///     weight = d × level × value(seed)
///
/// The levels are those of IQ4_K's grid. Values: see `TrellisGenerator`.
enum IQ2_KT: TrellisFormat {
  static let type = TensorType.IQ2_KT
  static let requiresImportance = true

  private static let generator = TrellisGenerator(group: 8)

  static let scheme = TrellisScheme(
    books: [TrellisCodebook(generator, seeds: 65536, bins: [3, 3, 3, 3, 3, 3, 3, 3])],
    levels: Grid.iq4k.unshifted, magnitudes: .grid(.iq4kMagnitudes), trials: 2, effort: 0.035)

  static func pack(_ blocks: TrellisBlocks, into bytes: UnsafeMutableRawPointer) {
    for block in 0..<8 {
      bytes.orByte(block % 4, Int(blocks.levels[block]) << (block / 4 * 4))
    }
    for group in 0..<32 { bytes.setWord(4 + 2 * group, Int(blocks.seeds[group])) }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.single(0)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 4) { seeds in
      for block in 0..<weights.count / 32 {
        let bytes = row + 4 + 68 * (block / 8)
        let b = block % 8
        let level = bytes.byte(b % 4) >> (b / 4 * 4) & 15
        for g in 0..<4 { seeds[g] = UInt16(bytes.word(4 + 8 * b + 2 * g)) }
        generator.values(
          of: seeds.baseAddress!, count: 32, scale: d * Grid.iq4k.value(level),
          into: weights.baseAddress! + 32 * block)
      }
    }
  }
}
