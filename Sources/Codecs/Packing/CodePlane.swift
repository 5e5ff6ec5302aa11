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

  /// Whole bytes, four of each row at a time.
  static func bytes(at offset: Int, rows: Int) -> CodePlane {
    CodePlane(at: offset, bits: 8, steps: 32 * rows, 64 * rows, 128 * rows)
  }

  /// The bits of four neighbouring weights, in the low bits of the bytes of a word.
  ///
  /// - Parameters:
  ///   - block: the bytes of the block of all rows.
  ///   - sixteen: which sixteen weights of the block.
  ///   - quad: which four of those.
  @inline(__always)
  func four(
    _ block: UnsafeRawPointer, row: Int, of rows: Int, _ sixteen: Int, _ quad: Int
  ) -> UInt32 {
    let bit = quad % 2 * steps.four + quad / 2 * steps.eight + sixteen % 2 * steps.sixteen
    let place = offset + sixteen / 2 * 4 * bits * rows + 4 * row + bit / 8
    let word = UInt32(littleEndian: block.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    let mask: UInt32 = (1 << UInt32(bits) - 1) * 0x0101_0101
    return word &>> UInt32(bit % 8) & mask
  }
}
