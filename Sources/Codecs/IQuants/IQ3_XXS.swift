import GGUF

/// 256 weights in 8 blocks of 32, each eight entries of a codebook of 256.  3.0625 bits per weight.
///
///     offset   0   d         Float16
///     offset   2   entries   64 × 8 bits
///     offset  66   blocks    8 × 32 bits of signs and level: bits 7g … 7g + 6 are the signs of
///                            weights 8g … 8g + 6, 28 … 31 the level
///
///     weight = d × (2 level + 1) ÷ 4 × ±value
///
/// The sign of weight 8g + 7 makes the number of negative ones of these eight even.
enum IQ3_XXS: CodebookFormat {
  static let type = TensorType.IQ3_XXS
  static let requiresImportance = true

  static let scheme = CodebookScheme(
    search: CodebookSearch(.iq3xxs, signs: .even), blockSize: 32,
    levels: .init(lowest: 1, highest: 31, step: 2), unit: 0.25)

  static func pack(_ blocks: CodebookMatches, d: UInt16, into bytes: UnsafeMutableRawPointer) {
    bytes.setWord(0, Int(d))
    for g in 0..<64 { bytes.setByte(2 + g, blocks.entry(g)) }
    for block in 0..<8 { SignsAndLevel.pack(blocks, block, into: bytes + 66 + 4 * block) }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let book = Codebook.iq3xxs
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 98 * superblock
      let d = bytes.half(0) * 0.25
      for block in 0..<8 {
        let place = bytes + 66 + 4 * block
        let scale = d * SignsAndLevel.level(place)
        for g in 0..<4 {
          let entries = bytes + 2 + 8 * block + 2 * g
          let signs = SignsAndLevel.signs(place, g)
          let y = weights.baseAddress! + 256 * superblock + 32 * block + 8 * g
          let low = book.vector(entries.byte(0))
          let high = book.vector(entries.byte(1))
          for k in 0..<4 { y[k] = scale * low[k] * signs[k] }
          for k in 0..<4 { y[4 + k] = scale * high[k] * signs[4 + k] }
        }
      }
    }
  }
}
