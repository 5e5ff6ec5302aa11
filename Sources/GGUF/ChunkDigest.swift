/// A 64-bit digest of a run of bytes, to notice that a disk did not keep what was written.
///
/// Four lanes take 8 bytes in turn; each step is a bijection of the lane for a given word and of
/// the word for a given lane, and so is the final fold. Hence a change confined to one word always
/// changes the digest, and any other one escapes with a probability near 2⁻⁶⁴. It offers no
/// protection against an adversary.
package struct ChunkDigest {
  private var lanes = SIMD4<UInt64>(
    0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x27D4_EB2F_1656_67C5)
  private var length: UInt64 = 0

  /// Bytes that the lanes take in one turn.
  static let blockSize = 32

  /// The digest of bytes that are all there.
  package static func value(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    var digest = ChunkDigest()
    digest.update(bytes)
    return digest.value
  }

  /// Takes in the next piece.
  ///
  /// - Precondition: Every piece but the last is a multiple of `blockSize` long.
  mutating func update(_ piece: UnsafeRawBufferPointer) {
    length &+= UInt64(piece.count)
    let whole = piece.count - piece.count % Self.blockSize
    for start in stride(from: 0, to: whole, by: Self.blockSize) {
      mix(piece.loadUnaligned(fromByteOffset: start, as: SIMD4<UInt64>.self))
    }
    guard whole < piece.count else { return }
    var last = SIMD4<UInt64>()
    withUnsafeMutableBytes(of: &last) {
      $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[whole...]))
    }
    mix(last)
  }

  var value: UInt64 {
    var fold = length
    for lane in lanes.indices {
      fold = (fold ^ lanes[lane]) &* 0x9E37_79B9_7F4A_7C15
      fold ^= fold >> 32
    }
    return fold
  }

  private mutating func mix(_ words: SIMD4<UInt64>) {
    let mixed = (lanes ^ words) &* 0x9FB2_1C65_1E98_DF25
    lanes = (mixed &<< 29) | (mixed &>> 35)
  }
}
