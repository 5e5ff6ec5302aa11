import GGUF

/// MXFP4 with 8 rows interleaved. 32 weights share a power of two.  4.25 bits per weight.
///
///     offset  0   e       8 × 8 bits, an exponent biased by 127
///     offset  8   codes   in each 32 bytes, byte 4 r + i holds weights i and i + 16 of row r; the next
///                         32 bytes, weights i + 4 and i + 20
///
///     weight = 2^(e − 128) × grid[code]
enum MXFP4_R8: InterleavedCodeFormat {
  static let type = TensorType.MXFP4_R8
  static var low: CodePlane { CodePlane(at: 8, bits: 4, steps: 256, 512, 4) }

  /// Twice the values of a sign, two bits of exponent and one of mantissa.
  // Unsafe only to the compiler: written once, here, and never freed.
  nonisolated(unsafe) private static let grid: UnsafePointer<Float> = {
    let grid = UnsafeMutablePointer<Float>.allocate(capacity: 16)
    for (code, value) in [0, 1, 2, 3, 4, 6, 8, 12].enumerated() {
      grid[code] = Float(value)
      // The reference multiplies by whole numbers, which have no negative zero.
      grid[code + 8] = Float(-value)
    }
    return UnsafePointer(grid)
  }()

  static func scaling(
    _ sixteen: Int, row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer
  ) -> Scaling {
    let exponent = UInt32(block.byte(row))
    // The two smallest powers are subnormal.
    let bits = exponent < 2 ? 0x20_0000 << exponent : (exponent - 1) << 23
    return Scaling(scale: Float(bitPattern: bits), values: grid)
  }
}
