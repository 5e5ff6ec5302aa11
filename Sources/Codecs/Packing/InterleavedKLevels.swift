/// The head that Q4_K_R4 and Q5_K_R4 share: d of four rows at 0, dmin at 8, and 32 levels and minimums
/// of six bits; number 4 b + r is of block b of row r.
///
/// The high two bits of each are spread over the 16 bytes at 16, see `SpreadBits`, minimums above
/// levels; the low four are in byte 32 + n, minimums in the high nibble.
enum InterleavedKLevels {
  @inline(__always)
  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    let number = 4 * (sixteen / 2) + row
    let high = SpreadBits.number(number, bits: 4, in: block + 16, count: 16)
    let low = block.byte(32 + number)
    let level = low & 15 | (high & 3) << 4
    let minimum = low >> 4 | (high >> 2) << 4
    return .linear(
      scale: d * Float(level), minimum: block.half(8 + 2 * row) * Float(minimum))
  }
}
