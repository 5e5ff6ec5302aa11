/// Factors of 1 and −1 for eight weights, from a bit for each, set where the weight is negative.
enum Signs {
  /// All eight bits are stored.
  @inline(__always)
  static func all(_ byte: Int) -> UnsafePointer<Float> { table + 8 * byte }

  /// Seven bits are stored; the eighth makes the number of set ones even.
  @inline(__always)
  static func even(_ bits: Int) -> UnsafePointer<Float> {
    table + 8 * (bits | (bits.nonzeroBitCount & 1) << 7)
  }

  // Unsafe only to the compiler: written once, here.
  nonisolated(unsafe) private static let table: UnsafePointer<Float> = {
    let table = UnsafeMutablePointer<Float>.allocate(capacity: 8 * 256)
    for index in 0..<8 * 256 { table[index] = (index / 8) >> (index % 8) & 1 == 0 ? 1 : -1 }
    return UnsafePointer(table)
  }()
}
