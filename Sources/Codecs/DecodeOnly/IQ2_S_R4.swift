import GGUF

/// IQ2_S with 4 rows interleaved. Each 8 weights are an entry of a codebook of 1024.  2.5625 bits per
/// weight.
///
///     offset   0   d         4 × Float16
///     offset   8   entries   8 bits, the low ones: byte 4 (4 b + r) + g, for group g of block b of row r
///     offset 136   entries   4 × 2 bits, the high ones: byte 4 b + r
///     offset 168   signs     8 bits, in the order of the entries
///     offset 296   levels    2 × 4 bits: byte 4 b + r; the low nibble is of groups 0 and 1
///
///     weight = d × (2 level + 1) ÷ 8 × ±value
enum IQ2_S_R4: InterleavedFormat {
  static let type = TensorType.IQ2_S_R4

  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, d: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let number = 4 * part + row
    let high = block.byte(136 + number)
    let levels = block.byte(296 + number)
    for g in 0..<4 {
      let scale = d * 0.125 * Float(2 * (levels >> (g / 2 * 4) & 15) + 1)
      let entry = block.byte(8 + 4 * number + g) | (high >> (2 * g) & 3) << 8
      let v = Codebook.iq2s.vector(entry)
      let factors = Signs.all(block.byte(168 + 4 * number + g))
      for k in 0..<8 { weights[8 * g + k] = scale * v[k] * factors[k] }
    }
  }
}
