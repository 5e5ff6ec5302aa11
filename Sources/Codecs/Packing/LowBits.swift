/// Where the families put the low bits of their codes. A helper here serves two types or more.
enum LowBits {
  /// Blocks of 32: byte j holds the low nibbles of weights j and j + 16.
  @inline(__always)
  static func pack32(_ codes: UnsafePointer<UInt8>, into bytes: UnsafeMutableRawPointer) {
    for j in 0..<16 {
      bytes.setByte(j, Int(codes[j] & 15) | Int(codes[j + 16] & 15) << 4)
    }
  }

  /// Blocks of 64: byte j holds the low nibbles of weights j and j + 32.
  @inline(__always)
  static func pack64(_ codes: UnsafePointer<UInt8>, into bytes: UnsafeMutableRawPointer) {
    for j in 0..<32 {
      bytes.setByte(j, Int(codes[j] & 15) | Int(codes[j + 32] & 15) << 4)
    }
  }
}
