import GGUF

/// 256 weights in 16 blocks of 16, each two entries of a codebook of 1024.  2.5625 bits per weight.
///
///     offset   0   d         Float16
///     offset   2   entries   32 × 8 bits, the low ones
///     offset  34   signs     32 × 8 bits: bit k is set where weight k of a group is negative
///     offset  66   entries   32 × 2 bits, the high ones: byte g / 4
///     offset  74   levels    16 × 4 bits: byte b / 2, low nibble for even b
///
///     weight = d × (2 level + 1) ÷ 8 × ±value
enum IQ2_S: CodebookFormat {
  static let type = TensorType.IQ2_S
  static let requiresImportance = true

  static let scheme = CodebookScheme(
    search: CodebookSearch(.iq2s, signs: .free), blockSize: 16,
    levels: .init(lowest: 1, highest: 31, step: 2), unit: 0.125,
    effort: .init(refinements: 0))

  static func pack(_ blocks: CodebookMatches, d: UInt16, into bytes: UnsafeMutableRawPointer) {
    bytes.setWord(0, Int(d))
    for g in 0..<32 {
      let entry = blocks.entry(g)
      bytes.setByte(2 + g, entry)
      bytes.setByte(34 + g, Int(blocks.marks[g]))
      bytes.orByte(66 + g / 4, (entry >> 8) << (g % 4 * 2))
    }
    OddLevels.pack(blocks, into: bytes + 74)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let book = Codebook.iq2s
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 82 * superblock
      let d = bytes.half(0) * 0.125
      for g in 0..<32 {
        let scale = d * OddLevels.level(bytes + 74, g / 2)
        let high = bytes.byte(66 + g / 4) >> (g % 4 * 2) & 3
        let v = book.vector(bytes.byte(2 + g) | high << 8)
        let signs = Signs.all(bytes.byte(34 + g))
        let y = weights.baseAddress! + 256 * superblock + 8 * g
        for k in 0..<8 { y[k] = scale * v[k] * signs[k] }
      }
    }
  }
}
