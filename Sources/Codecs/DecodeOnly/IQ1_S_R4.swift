import GGUF

/// 4 rows interleaved, each with one scale. Each 8 weights are an entry of IQ1_S's codebook of 2048.
/// 1.5 bits per weight, and 2 bytes a row.
///
///     group start  d         4 × Float16
///     offset  0    entries   8 bits, the low ones: byte 4 g + r, for group g of row r
///     offset 16    blocks    16 bits: word r; bits 3g … 3g + 2 are the high ones of entry g, 12 … 14 the
///                            level, and bit 15 is set where the shift is negative
///
///     weight = d × (2 level + 1) × (value ± 1/8)
enum IQ1_S_R4: InterleavedFormat {
  static let type = TensorType.IQ1_S_R4

  static func scale(_ row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer) -> Float {
    headers.half(2 * row)
  }

  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, d: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let bits = block.word(16 + 2 * row)
    let scale = d * Float(2 * (bits >> 12 & 7) + 1)
    let shift: Float = bits & 0x8000 == 0 ? 0.125 : -0.125
    for g in 0..<4 {
      let v = Codebook.iq1s.vector(block.byte(4 * g + row) | (bits >> (3 * g) & 7) << 8)
      for k in 0..<8 { weights[8 * g + k] = scale * (v[k] + shift) }
    }
  }
}
