import GGUF

/// IQ2_XS with 4 rows interleaved. Each 8 weights are an entry of a codebook of 512.  2.3125 bits per
/// weight.
///
///     offset   0   d        4 × Float16
///     offset   8   groups   16 bits: word 4 (4 b + r) + g, for group g of block b of row r: the entry, and
///                           from bit 9 the number s whose bits s ⊕ 2 s are the signs
///     offset 264   levels   2 × 4 bits: byte 4 b + r; the low nibble is of groups 0 and 1
///
///     weight = d × (2 level + 1) ÷ 8 × ±value
enum IQ2_XS_R4: InterleavedFormat {
  static let type = TensorType.IQ2_XS_R4

  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, d: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let number = 4 * part + row
    let levels = block.byte(264 + number)
    for g in 0..<4 {
      let scale = d * 0.125 * Float(2 * (levels >> (g / 2 * 4) & 15) + 1)
      let word = block.word(8 + 8 * number + 2 * g)
      let v = Codebook.iq2xs.vector(word & 511)
      let s = word >> 9
      let factors = Signs.all((s ^ s << 1) & 255)
      for k in 0..<8 { weights[8 * g + k] = scale * v[k] * factors[k] }
    }
  }
}
