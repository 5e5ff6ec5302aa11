import GGUF

/// IQ3_S with 4 rows interleaved. Each 4 weights are an entry of a codebook of 512.  3.4375 bits per
/// weight.
///
///     offset   0   d         4 × Float16
///     offset   8   entries   8 bits, the low ones: byte 32 b + 8 (e mod 4) + 4 (e ÷ 4) + r, for entry e
///                            of block b of row r
///     offset 264   entries   8 × 1 bit, the high one: byte 4 b + r
///     offset 296   signs     8 × 1 bit: bit e of byte 4 (4 b + r) + k is of weight k of entry e
///     offset 424   levels    32 × 4 bits, see `SpreadBits`: level 4 b + r is of block b of row r
///
///     weight = d × (2 level + 1) × ±value
enum IQ3_S_R4: InterleavedFormat {
  static let type = TensorType.IQ3_S_R4

  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, d: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let number = 4 * part + row
    let high = block.byte(264 + number)
    let signs = block.doubleWord(296 + 4 * number)
    let level = SpreadBits.number(number, bits: 4, in: block + 424, count: 16)
    let scale = d * Float(2 * level + 1)
    for e in 0..<8 {
      let low = block.byte(8 + 32 * part + e % 4 * 8 + e / 4 * 4 + row)
      let v = Codebook.iq3s.vector(low | (high >> e & 1) << 8)
      // Bits e of the four bytes, gathered in bits 24 … 27 by a product without carries.
      let bits = (signs >> UInt32(e) & 0x0101_0101) &* 0x0102_0408
      let factors = Signs.all(Int(bits >> 24 & 15))
      for k in 0..<4 { weights[4 * e + k] = scale * v[k] * factors[k] }
    }
  }
}
