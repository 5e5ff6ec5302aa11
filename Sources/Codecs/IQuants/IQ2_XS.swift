import GGUF

/// 256 weights in 16 blocks of 16, each two entries of a codebook of 512.  2.3125 bits per weight.
///
///     offset   0   d        Float16
///     offset   2   groups   32 × 16 bits: the entry, and from bit 9 the signs of seven weights
///     offset  66   levels   16 × 4 bits: byte b / 2, low nibble for even b
///
///     weight = d × (2 level + 1) ÷ 8 × ±value
///
/// The eighth sign of a group makes the number of negative weights even.
enum IQ2_XS: CodebookFormat {
  static let type = TensorType.IQ2_XS
  static let requiresImportance = true

  static let scheme = CodebookScheme(
    search: CodebookSearch(.iq2xs, signs: .even), blockSize: 16,
    levels: .init(lowest: 1, highest: 31, step: 2), unit: 0.125)

  static func pack(_ blocks: CodebookMatches, d: UInt16, into bytes: UnsafeMutableRawPointer) {
    bytes.setWord(0, Int(d))
    for g in 0..<32 {
      bytes.setWord(2 + 2 * g, blocks.entry(g) | (Int(blocks.marks[g]) & 127) << 9)
    }
    OddLevels.pack(blocks, into: bytes + 66)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let book = Codebook.iq2xs
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 74 * superblock
      let d = bytes.half(0) * 0.125
      for g in 0..<32 {
        let scale = d * OddLevels.level(bytes + 66, g / 2)
        let word = bytes.word(2 + 2 * g)
        let v = book.vector(word & 511)
        let signs = Signs.even(word >> 9)
        let y = weights.baseAddress! + 256 * superblock + 8 * g
        for k in 0..<8 { y[k] = scale * v[k] * signs[k] }
      }
    }
  }
}
