import GGUF

/// Q6_K with 4 rows interleaved. Blocks of 16 have an 8-bit scale.  6.5625 bits per weight.
///
///     offset   0   d        4 × Float16
///     offset   8   levels   8 bits, signed: byte 4 b + r, for block b of row r
///     offset  72   high     2 bits: byte 4 r + i, for row r, holds weights i, i + 8, i + 4, i + 12; 16
///                           bytes on, the weights 16 further on
///     offset 328   low      4 bits, see `CodePlane.nibbles`
///
///     weight = d × level × (code − 32)
enum Q6_K_R4: InterleavedCodeFormat {
  static let type = TensorType.Q6_K_R4
  static var low: CodePlane { .nibbles(at: 328) }
  static var high: CodePlane? { CodePlane(at: 72, bits: 2, steps: 4, 2, 128) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    let level = block.signedByte(8 + 4 * sixteen + row)
    return .linear(scale: d * Float(level), bias: 32)
  }
}
