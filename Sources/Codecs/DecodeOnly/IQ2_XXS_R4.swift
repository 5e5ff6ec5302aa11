import GGUF

/// IQ2_XXS with 4 rows interleaved. Each 8 weights are an entry of a codebook of 256.  2.0625 bits per
/// weight.
///
///     offset   0   d         4 × Float16
///     offset   8   signs     32 bits for block b of row r at 4 (4 b + r), see `InterleavedSigns`, with
///                            the level
///     offset 136   entries   8 bits: byte 4 (4 b + r) + g, for group g
///
///     weight = d × (2 level + 1) ÷ 8 × ±value
enum IQ2_XXS_R4: InterleavedFormat {
  static let type = TensorType.IQ2_XXS_R4

  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, d: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let number = 4 * part + row
    let signs = block + 8 + 4 * number
    let scale = d * 0.125 * InterleavedSigns.level(signs)
    for g in 0..<4 {
      let v = Codebook.iq2xxs.vector(block.byte(136 + 4 * number + g))
      let factors = InterleavedSigns.factors(signs, g)
      for k in 0..<8 { weights[8 * g + k] = scale * v[k] * factors[k] }
    }
  }
}
