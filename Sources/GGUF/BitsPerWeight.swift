/// Bits per weight, the size by which the field compares quantized models.
package enum BitsPerWeight {
  /// 8 × bytes ÷ weights; weights below 1 count as 1.
  package static func of(bytes: Int, weights: Int) -> Double {
    8 * Double(bytes) / Double(max(weights, 1))
  }
}
