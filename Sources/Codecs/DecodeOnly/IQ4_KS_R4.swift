import GGUF

/// IQ4_KS with 4 rows interleaved; each row has one scale.  4.25 bits per weight, and 4 bytes a row.
///
///     group start   d        4 × Float32
///     offset   0    levels   8 bits: byte 4 b + r, for block b of row r; bit 0 chooses the grid moved by
///                            4
///     offset  32    codes    4 bits, see `CodePlane.nibbles`
///
///     weight = d × ((level & 254) − 127) × grid[code]
enum IQ4_KS_R4: InterleavedCodeFormat {
  static let type = TensorType.IQ4_KS_R4
  static var low: CodePlane { .nibbles(at: 32) }

  static func scale(_ row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer) -> Float {
    headers.single(4 * row)
  }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    let level = block.byte(4 * (sixteen / 2) + row)
    return .grid(
      .iq4k, shifted: level & 1 != 0, scale: d * Float((level & 254) - 127))
  }
}
