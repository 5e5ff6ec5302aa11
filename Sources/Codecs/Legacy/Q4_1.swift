import GGUF

/// 32 weights share a half-precision scale and offset.  5 bits per weight.
///
///     offset  0   d       Float16
///     offset  2   m       Float16
///     offset  4   codes   32 × 4 bits: byte j holds weights j and j + 16
///
///     weight = d × code + m
enum Q4_1: AffineFormat {
  static let type = TensorType.Q4_1
  static let highestCode = 15

  static func pack(
    _ codes: UnsafePointer<UInt8>, scale: UInt16, offset: UInt16,
    into bytes: UnsafeMutableRawPointer
  ) {
    bytes.setWord(0, Int(scale))
    bytes.setWord(2, Int(offset))
    LowBits.pack32(codes, into: bytes + 4)
  }

  static func decode(_ row: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    for block in 0..<weights.count / 32 {
      let bytes = row + 20 * block
      let d = bytes.half(0)
      let m = bytes.half(2)
      let y = weights.baseAddress! + 32 * block
      for half in 0..<2 {
        Planes(bytes + 4, shift: 4 * half, bits: 4)
          .decode(16, scale: d, minimum: -m, into: y + 16 * half)
      }
    }
  }
}
