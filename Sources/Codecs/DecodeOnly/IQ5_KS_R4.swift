import GGUF

/// IQ5_KS with 4 rows interleaved; each row has one scale.  5.25 bits per weight, and 4 bytes a row.
///
///     group start   d        4 × Float32
///     offset   0    levels   8 bits: byte 4 b + r, for block b of row r; bit 0 chooses the grid moved by
///                            2
///     offset  32    low      4 bits, see `CodePlane.nibbles`
///     offset 544    high     1 bit: byte 4 r + i, for row r, holds weights i, i + 8, i + 16, i + 24,
///                            then i + 4, i + 12, i + 20, i + 28
///
///     weight = d × ((level & 254) − 127) × grid[code]
enum IQ5_KS_R4: InterleavedCodeFormat {
  static let type = TensorType.IQ5_KS_R4
  static var low: CodePlane { .nibbles(at: 32) }
  static var high: CodePlane? { CodePlane(at: 544, bits: 1, steps: 4, 1, 2) }

  static func scale(_ row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer) -> Float {
    headers.single(4 * row)
  }

  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling {
    let level = block.byte(4 * (sixteen / 2) + row)
    return .grid(
      .iq5nl, shifted: level & 1 != 0, scale: d * Float((level & 254) - 127))
  }
}
