/// The place of two bits of each of 256 weights, common to many types: byte 32 (j / 128) + j mod 32
/// holds weights j, j + 32, j + 64 and j + 96 of its half, from the low bits up.
enum TwoBits {
  /// Writes the low two bits of 256 codes, or those `shift` bits up, to 64 bytes.
  @inline(__always)
  static func pack(
    _ codes: UnsafePointer<UInt8>, shiftedBy shift: UInt8 = 0, into bytes: UnsafeMutableRawPointer
  ) {
    for half in 0..<2 {
      let codes = codes + 128 * half
      for j in 0..<32 {
        func pair(_ quarter: Int) -> Int {
          Int(codes[j + 32 * quarter] >> shift & 3) << (2 * quarter)
        }
        bytes.setByte(32 * half + j, pair(0) | pair(1) | pair(2) | pair(3))
      }
    }
  }

  /// The codes of group `group` of 32 weights, from weight `start` of the group on.
  @inline(__always)
  static func planes(_ bytes: UnsafeRawPointer, group: Int, from start: Int = 0) -> Planes {
    Planes(bytes + group / 4 * 32 + start, shift: group % 4 * 2, bits: 2)
  }
}

/// The place of one bit of each of 256 weights: bit j / 32 of byte j mod 32.
enum OneBit {
  /// Writes bit `position` of 256 codes to 32 bytes.
  @inline(__always)
  static func pack(
    _ codes: UnsafePointer<UInt8>, bit position: UInt8, into bytes: UnsafeMutableRawPointer
  ) {
    for j in 0..<32 {
      var byte = 0
      for group in 0..<8 { byte |= Int(codes[j + 32 * group] >> position & 1) << group }
      bytes.setByte(j, byte)
    }
  }
}
