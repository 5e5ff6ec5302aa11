import GGUF

/// 256 weights in 8 blocks of 32, each four entries of a ternary codebook of 2048.  1.5625 bits per
/// weight.
///
///     offset   0   d         Float16
///     offset   2   entries   32 × 8 bits, the low ones
///     offset  34   blocks    8 × 16 bits: bits 3g … 3g + 2 are the high ones of entry g, 12 … 14 the
///                            level, and bit 15 is set where the shift is negative
///
///     weight = d × (2 level + 1) × (value ± 1/8)
enum IQ1_S: CodebookFormat {
  static let type = TensorType.IQ1_S
  static let requiresImportance = true

  static let scheme = CodebookScheme(
    search: CodebookSearch(.iq1s, signs: .none), blockSize: 32,
    levels: .init(lowest: 1, highest: 15, step: 2), unit: 1, shift: .block(0.125),
    effort: .init(explored: [1], refinements: 0, levels: 2, rounds: 1))

  static func pack(_ blocks: CodebookMatches, d: UInt16, into bytes: UnsafeMutableRawPointer) {
    bytes.setWord(0, Int(d))
    for block in 0..<8 {
      var bits = (Int(blocks.levels[block]) / 2) << 12 | (blocks.shifts[block] < 0 ? 1 : 0) << 15
      for g in 0..<4 {
        let entry = blocks.entry(4 * block + g)
        bytes.setByte(2 + 4 * block + g, entry)
        bits |= (entry >> 8) << (3 * g)
      }
      bytes.setWord(34 + 2 * block, bits)
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let book = Codebook.iq1s
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 50 * superblock
      let d = bytes.half(0)
      for block in 0..<8 {
        let bits = bytes.word(34 + 2 * block)
        let scale = d * Float(2 * (bits >> 12 & 7) + 1)
        let shift: Float = bits & 0x8000 == 0 ? 0.125 : -0.125
        for g in 0..<4 {
          let v = book.vector(bytes.byte(2 + 4 * block + g) | (bits >> (3 * g) & 7) << 8)
          let y = weights.baseAddress! + 256 * superblock + 32 * block + 8 * g
          for k in 0..<8 { y[k] = scale * (v[k] + shift) }
        }
      }
    }
  }
}
