import GGUF

/// 256 weights in 8 blocks of 32, each of 4 groups of 8 whose magnitudes a 16-bit seed stands for.
/// 3.125 bits per weight, and 4 bytes a row; ik_llama.cpp only.
///
///     row start    d        Float32
///     offset   0   levels   8 × 4 bits: byte b, low nibble block b, high block b + 4
///     offset   4   seeds    32 × 16 bits
///     offset  68   signs    256 × 1 bit: bit b of byte j is set for weight j of block b if negative
///
///     weight = ± d × level × |value(seed)|
///
/// Values: see `TrellisGenerator`.
enum IQ3_KT: TrellisFormat {
  static let type = TensorType.IQ3_KT

  private static let generator = TrellisGenerator(group: 8, magnitudes: true)

  static let scheme = TrellisScheme(
    books: [TrellisCodebook(generator, seeds: 65536, bins: [3, 3, 3, 3, 3, 3, 3, 3])],
    levels: (0..<16).map { Float($0) }, magnitudes: .uniform(low: 0, high: 15), trials: 6,
    effort: 0.17)

  static func pack(_ blocks: TrellisBlocks, into bytes: UnsafeMutableRawPointer) {
    for block in 0..<8 {
      bytes.orByte(block % 4, Int(blocks.levels[block]) << (block / 4 * 4))
      for j in 0..<32 { bytes.orByte(68 + j, Int(blocks.signs[block] >> j & 1) << block) }
    }
    for group in 0..<32 { bytes.setWord(4 + 2 * group, Int(blocks.seeds[group])) }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let d = row.single(0)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 4) { seeds in
      for block in 0..<weights.count / 32 {
        let bytes = row + 4 + 100 * (block / 8)
        let b = block % 8
        let level = bytes.byte(b % 4) >> (b / 4 * 4) & 15
        for g in 0..<4 { seeds[g] = UInt16(bytes.word(4 + 8 * b + 2 * g)) }
        let y = weights.baseAddress! + 32 * block
        generator.values(of: seeds.baseAddress!, count: 32, scale: d * Float(level), into: y)
        let signs = (bytes + 68).assumingMemoryBound(to: UInt8.self)
        let up = UInt32(7 - b)
        for j in 0..<32 {
          let sign = (UInt32(signs[j]) << up & 128) << 24
          y[j] = Float(bitPattern: y[j].bitPattern ^ sign)
        }
      }
    }
  }
}
