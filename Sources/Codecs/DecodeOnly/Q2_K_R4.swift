import GGUF

/// Q2_K with 4 rows interleaved. Blocks of 16 have a 4-bit scale and a 4-bit minimum.  2.625 bits per
/// weight.
///
///     offset   0   d, dmin            4 × Float16 each
///     offset  16   levels, minimums   4 bits each: byte 4 b + r, for block b of row r; minimums high
///     offset  80   codes              2 bits, see `CodePlane.pairs`
///
///     weight = d × level × code − dmin × minimum
enum Q2_K_R4: InterleavedCodeFormat {
  static let type = TensorType.Q2_K_R4
  static var low: CodePlane { .pairs(at: 80) }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    let levels = block.byte(16 + 4 * sixteen + row)
    return .linear(
      scale: d * Float(levels & 15),
      minimum: block.half(8 + 2 * row) * Float(levels >> 4))
  }
}
