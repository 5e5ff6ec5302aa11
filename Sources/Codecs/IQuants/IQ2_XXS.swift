import GGUF

/// 256 weights in 8 blocks of 32, each four entries of a codebook of 256.  2.0625 bits per weight.
///
///     offset   0   d        Float16
///     offset   2   blocks   8 × 8 bytes: four entries, then 32 bits of signs and level: bits
///                           7g … 7g + 6 are the signs of group g, 28 … 31 the level
///
///     weight = d × (2 level + 1) ÷ 8 × ±value
///
/// The eighth sign of a group makes the number of negative weights even.
enum IQ2_XXS: CodebookFormat {
  static let type = TensorType.IQ2_XXS
  static let requiresImportance = true

  static let scheme = CodebookScheme(
    search: CodebookSearch(.iq2xxs, signs: .even), blockSize: 32,
    levels: .init(lowest: 1, highest: 31, step: 2), unit: 0.125)

  static func pack(_ blocks: CodebookMatches, d: UInt16, into bytes: UnsafeMutableRawPointer) {
    bytes.setWord(0, Int(d))
    for block in 0..<8 {
      for g in 0..<4 { bytes.setByte(2 + 8 * block + g, blocks.entry(4 * block + g)) }
      SignsAndLevel.pack(blocks, block, into: bytes + 6 + 8 * block)
    }
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let book = Codebook.iq2xxs
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 66 * superblock
      let d = bytes.half(0) * 0.125
      for block in 0..<8 {
        let place = bytes + 2 + 8 * block
        let scale = d * SignsAndLevel.level(place + 4)
        let y = weights.baseAddress! + 256 * superblock + 32 * block
        for g in 0..<4 {
          let v = book.vector(place.byte(g))
          let signs = SignsAndLevel.signs(place + 4, g)
          for k in 0..<8 { y[8 * g + k] = scale * v[k] * signs[k] }
        }
      }
    }
  }
}
