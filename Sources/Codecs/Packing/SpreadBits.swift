/// Lists of small numbers as the interleaved types keep them: spread over `count` bytes, number n is
/// in byte n mod count, above the numbers that came before it there. Counts are powers of two.
enum SpreadBits {
  @inline(__always)
  static func number(_ n: Int, bits: Int, in bytes: UnsafeRawPointer, count: Int) -> Int {
    bytes.byte(n & (count - 1)) &>> ((n &>> count.trailingZeroBitCount) &* bits) & (1 << bits - 1)
  }

  /// One of 64 levels from −32 to 31: the high two bits are spread over 16 bytes, the low four over
  /// 32.
  @inline(__always)
  static func sixBitLevel(_ n: Int, high: UnsafeRawPointer, low: UnsafeRawPointer) -> Float {
    let level =
      number(n, bits: 2, in: high, count: 16) << 4 | number(n, bits: 4, in: low, count: 32)
    return Float(level - 32)
  }
}
