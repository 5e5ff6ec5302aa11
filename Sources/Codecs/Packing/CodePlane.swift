/// Where an interleaved type keeps some bits of its codes.
///
/// For each 32 columns it has 4 × `bits` bytes a row. Four neighbouring weights stand in the same
/// bits of four neighbouring bytes, those of the next row in the four bytes after them. How far the
/// weights 4, 8 and 16 further on are is what the types differ in.
struct CodePlane {
  /// Where the plane begins in the bytes of a block.
  let offset: Int
  /// Bits of each code.
  let bits: Int
  /// The distance in bits of the weights 4, 8 and 16 further on: whole bytes, or less than one.
  let steps: (four: Int, eight: Int, sixteen: Int)
  /// Bits to turn over in each four codes.
  private var flips: UInt32 = 0

  init(at offset: Int, bits: Int, steps four: Int, _ eight: Int, _ sixteen: Int) {
    self.offset = offset
    self.bits = bits
    steps = (four, eight, sixteen)
  }

  /// Nibbles of four rows: byte 4 r + i holds weights i and i + 8; 16 bytes on, i + 16 and i + 24;
  /// 32 bytes on, i + 4 and i + 12.
  static func nibbles(at offset: Int) -> CodePlane {
    CodePlane(at: offset, bits: 4, steps: 256, 4, 128)
  }

  /// Pairs of bits of four rows: byte 4 r + i holds weights i, i + 4, i + 8, i + 12.
  static func pairs(at offset: Int) -> CodePlane {
    CodePlane(at: offset, bits: 2, steps: 2, 4, 128)
  }

  /// Whole bytes, four of each row at a time. Signed ones give codes that are 128 larger.
  static func bytes(at offset: Int, rows: Int, signed: Bool) -> CodePlane {
    var plane = CodePlane(at: offset, bits: 8, steps: 32 * rows, 64 * rows, 128 * rows)
    plane.flips = signed ? 0x8080_8080 : 0
    return plane
  }

  /// The bits of sixteen weights, each in the low bits of a byte.
  ///
  /// - Parameters:
  ///   - sixteen: which sixteen weights of the block.
  ///   - block: the bytes of the block of all rows.
  @inline(__always)
  func sixteen(
    _ sixteen: Int, row: Int, of rows: Int, _ block: UnsafeRawPointer
  ) -> SIMD4<UInt32> {
    let place = block + offset + sixteen / 2 * 4 * bits * rows + 4 * row
    let start = sixteen % 2 * steps.sixteen
    // Not a loop: words that pass through memory one by one stall what reads them together.
    let words = SIMD4(
      four(place, start), four(place, start + steps.four), four(place, start + steps.eight),
      four(place, start + steps.four + steps.eight))
    let mask: UInt32 = (1 << UInt32(bits) - 1) * 0x0101_0101
    return (words & mask) ^ flips
  }

  /// Four neighbouring weights.
  @inline(__always)
  private func four(_ place: UnsafeRawPointer, _ bit: Int) -> UInt32 {
    // In the order of memory, which is little-endian.
    (place.doubleWord(bit / 8) &>> UInt32(bit % 8)).littleEndian
  }
}
