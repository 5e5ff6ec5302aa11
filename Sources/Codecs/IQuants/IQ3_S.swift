import GGUF

/// 256 weights in 8 blocks of 32, each eight entries of a codebook of 512.  3.4375 bits per weight.
///
///     offset   0   d         Float16
///     offset   2   entries   64 × 8 bits, the low ones
///     offset  66   entries   64 × 1 bit, the high one: byte b, bit g for entry g of block b
///     offset  74   signs     32 × 8 bits: byte j, bit k is set where weight 8j + k is negative
///     offset 106   levels    8 × 4 bits: byte b / 2, low nibble for even b
///
///     weight = d × (2 level + 1) × ±value
enum IQ3_S: CodebookFormat {
  static let type = TensorType.IQ3_S

  static let scheme = CodebookScheme(
    search: CodebookSearch(.iq3s, signs: .free), blockSize: 32,
    levels: .init(lowest: 1, highest: 31, step: 2), unit: 1)

  static func pack(_ blocks: CodebookMatches, d: UInt16, into bytes: UnsafeMutableRawPointer) {
    bytes.setWord(0, Int(d))
    for g in 0..<64 {
      let entry = blocks.entry(g)
      bytes.setByte(2 + g, entry)
      bytes.orByte(66 + g / 8, (entry >> 8) << (g % 8))
    }
    for j in 0..<32 { bytes.setByte(74 + j, Int(blocks.marks[j])) }
    OddLevels.pack(blocks, into: bytes + 106)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let book = Codebook.iq3s
    for superblock in 0..<weights.count / 256 {
      let bytes = row + 110 * superblock
      let d = bytes.half(0)
      for block in 0..<8 {
        let scale = d * OddLevels.level(bytes + 106, block)
        let high = bytes.byte(66 + block)
        for j in 0..<4 {
          let entries = bytes + 2 + 8 * block + 2 * j
          let signs = Signs.all(bytes.byte(74 + 4 * block + j))
          let y = weights.baseAddress! + 256 * superblock + 32 * block + 8 * j
          let first = book.vector(entries.byte(0) | (high >> (2 * j) & 1) << 8)
          let second = book.vector(entries.byte(1) | (high >> (2 * j + 1) & 1) << 8)
          for k in 0..<4 { y[k] = scale * first[k] * signs[k] }
          for k in 0..<4 { y[4 + k] = scale * second[k] * signs[4 + k] }
        }
      }
    }
  }
}
