/// The four bytes in which IQ2_XXS_R4 and IQ3_XXS_R4 keep the signs and the level of a block of 32.
///
/// Bit 0 of byte g is bit g of the level. With v the byte without it, the signs of the weights
/// 8g … 8g + 7 are the bits of v ⊕ v ÷ 2: an even number of them are set.
enum InterleavedSigns {
  /// 2 level + 1.
  @inline(__always)
  static func level(_ bytes: UnsafeRawPointer) -> Float {
    Float((0..<4).reduce(1) { $0 + (bytes.byte($1) & 1) << ($1 + 1) })
  }

  /// The factors of group g.
  @inline(__always)
  static func factors(_ bytes: UnsafeRawPointer, _ g: Int) -> UnsafePointer<Float> {
    let v = bytes.byte(g) & 254
    return Signs.all(v ^ v >> 1)
  }
}
