import GGUF

/// IQ3_XXS with 4 rows interleaved. Each 4 weights are an entry of a codebook of 256.  3.0625 bits per
/// weight.
///
///     offset   0   d         4 × Float16
///     offset   8   signs     32 bits for block b of row r at 4 (4 b + r), see `InterleavedSigns`, with
///                            the level
///     offset 136   entries   8 bits: byte 8 (4 b + r) + e, for entry e
///
///     weight = d × (2 level + 1) ÷ 4 × ±value
enum IQ3_XXS_R4: InterleavedFormat {
  static let type = TensorType.IQ3_XXS_R4

  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, d: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let number = 4 * part + row
    let signs = block + 8 + 4 * number
    let scale = d * 0.25 * InterleavedSigns.level(signs)
    for e in 0..<8 {
      let v = Codebook.iq3xxs.vector(block.byte(136 + 8 * number + e))
      let factors = InterleavedSigns.factors(signs, e / 2) + e % 2 * 4
      for k in 0..<4 { weights[4 * e + k] = scale * v[k] * factors[k] }
    }
  }
}
