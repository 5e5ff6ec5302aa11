import GGUF
import KernelsC

/// 256 weights in 16 blocks of 16, each two entries of a ternary codebook of 2048.  1.75 bits per
/// weight.
///
///     offset   0   entries   32 × 8 bits, the low ones
///     offset  32   groups    32 × 4 bits: byte g / 2, low nibble for even g; bits 0 … 2 are the high
///                            ones of the entry, and bit 3 is set where the shift is negative
///     offset  48   levels    4 × 16 bits: word b / 4 has the 3-bit levels of four blocks, and in
///                            bits 12 … 15 four bits of d, a Float16, the lowest in word 0
///
///     weight = d × (2 level + 1) × (value ± 1/8)
enum IQ1_M: CodebookFormat {
  static let type = TensorType.IQ1_M
  static let requiresImportance = true

  static let scheme = CodebookScheme(
    search: IQ1_S.scheme.search, blockSize: 16,
    levels: .init(lowest: 1, highest: 15, step: 2), unit: 1, shift: .group(0.125),
    effort: .init(explored: [1], refinements: 0, levels: 1, rounds: 1))

  static func pack(_ blocks: CodebookMatches, d: UInt16, into bytes: UnsafeMutableRawPointer) {
    for g in 0..<32 {
      let entry = blocks.entry(g)
      bytes.setByte(g, entry)
      bytes.orByte(32 + g / 2, (entry >> 8 | (Int(blocks.marks[g]) & 1) << 3) << (g % 2 * 4))
    }
    for word in 0..<4 {
      var bits = (Int(d) >> (4 * word) & 15) << 12
      for b in 0..<4 { bits |= (Int(blocks.levels[4 * word + b]) / 2) << (3 * b) }
      bytes.setWord(48 + 2 * word, bits)
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let book = Codebook.iq1s
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 56 * superblock
      let half = (0..<4).reduce(0) { $0 | (bytes.word(48 + 2 * $1) >> 12) << (4 * $1) }
      let d = rk_half_to_float(UInt16(truncatingIfNeeded: half))
      for g in 0..<32 {
        let level = bytes.word(48 + g / 8 * 2) >> (g / 2 % 4 * 3) & 7
        let scale = d * Float(2 * level + 1)
        let high = bytes.byte(32 + g / 2) >> (g % 2 * 4)
        let shift: Float = high & 8 == 0 ? 0.125 : -0.125
        let v = book.vector(bytes.byte(g) | (high & 7) << 8)
        let y = weights.baseAddress! + 256 * superblock + 8 * g
        for k in 0..<8 { y[k] = scale * (v[k] + shift) }
      }
    }
  }
}
