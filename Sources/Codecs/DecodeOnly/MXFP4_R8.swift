import GGUF

/// MXFP4 with 8 rows interleaved. 32 weights share a power of two.  4.25 bits per weight.
///
///     offset  0   e       8 × 8 bits, exponents
///     offset  8   codes   in each 32 bytes, byte 4 r + i holds weights i and i + 16 of row r; the next
///                         32 bytes, weights i + 4 and i + 20
///
///     weight = 2^(e − 128) × value[code], see `MXFP4`
enum MXFP4_R8: InterleavedCodeFormat {
  static let type = TensorType.MXFP4_R8
  static var low: CodePlane { CodePlane(at: 8, bits: 4, steps: 256, 512, 4) }

  // Unsafe only to the compiler: written once, here, and never freed.
  nonisolated(unsafe) private static let values: UnsafePointer<Float> = {
    let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: 16)
    _ = values.initialize(fromContentsOf: MXFP4.values)
    return UnsafePointer(values.baseAddress!)
  }()

  static func scale(_ row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer) -> Float {
    Float(sign: .plus, exponent: block.byte(row) - 128, significand: 1)
  }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    .values(values, count: 16, scale: d)
  }

  static func unscaledBlocks(_ group: UnsafeRawPointer, weights: Int) -> [Int] {
    let blocks = weights / 8 / 32
    return (0..<8 * blocks).filter {
      group.byte($0 % blocks * 8 * 17 + $0 / blocks) == MXFP4.noExponent
    }
  }
}
