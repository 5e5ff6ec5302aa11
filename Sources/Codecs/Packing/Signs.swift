/// Factors of 1 and −1 for eight weights, from a bit for each, set where the weight is negative.
enum Signs {
  /// All eight bits are stored.
  @inline(__always)
  static func all(_ byte: Int) -> UnsafePointer<Float> { table.start + 8 * byte }

  /// Seven bits are stored; the eighth makes the number of set ones even.
  @inline(__always)
  static func even(_ bits: Int) -> UnsafePointer<Float> {
    table.start + 8 * (bits | (bits.nonzeroBitCount & 1) << 7)
  }

  private static let table = ConstantTable(
    (0..<8 * 256).map { ($0 / 8) >> ($0 % 8) & 1 == 0 ? Float(1) : -1 })
}
