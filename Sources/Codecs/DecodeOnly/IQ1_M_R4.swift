import GGUF

/// 4 rows interleaved, each with one scale. Each 8 weights are an entry of IQ1_S's codebook of 2048.
/// 1.75 bits per weight, and 2 bytes a row.
///
///     group start  d         4 × Float16
///     offset  0    entries   8 bits, the low ones: byte 4 g + r, for group g of row r
///     offset 16    groups    4 bits: byte 4 (g ÷ 2) + r, low nibble for even g; bits 0 … 2 are the high
///                            ones of the entry, and bit 3 is set where the shift is negative
///     offset 24    levels    2 × 4 bits: byte r; the low nibble is of groups 0 and 1
///
///     weight = d × level × (value ± 1/8)
enum IQ1_M_R4: InterleavedFormat {
  static let type = TensorType.IQ1_M_R4

  static func scale(_ row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer) -> Float {
    headers.half(2 * row)
  }

  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, d: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let levels = block.byte(24 + row)
    for g in 0..<4 {
      let scale = d * Float(levels >> (g / 2 * 4) & 15)
      let high = block.byte(16 + g / 2 * 4 + row) >> (g % 2 * 4)
      let shift: Float = high & 8 == 0 ? 0.125 : -0.125
      let v = Codebook.iq1s.vector(block.byte(4 * g + row) | (high & 7) << 8)
      for k in 0..<8 { weights[8 * g + k] = scale * (v[k] + shift) }
    }
  }
}
