import GGUF

/// A type that stores the same columns of several rows together.
///
/// A group begins with the headers of its rows, where the type has them. Then come, for one block of
/// columns after another, `rowsPerGroup × bytesPerBlock` bytes with that block of all its rows.
protocol InterleavedFormat: DecodeOnlyFormat {
  /// The scale of a row or of its block. By default a block begins with halves, one for each row.
  ///
  /// - Parameters:
  ///   - row: of the group, from 0.
  ///   - block: the bytes of the block of all rows.
  ///   - headers: the start of the group.
  static func scale(_ row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer) -> Float

  /// Reads 32 weights of a row.
  ///
  /// - Parameters:
  ///   - part: which 32 of the block.
  ///   - d: the scale of the row or of its block.
  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, d: Float,
    into weights: UnsafeMutablePointer<Float>)
}

extension InterleavedFormat {
  @inline(__always)
  static func scale(_ row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer) -> Float {
    block.half(2 * row)
  }

  static func decode(_ group: UnsafeRawPointer, into weights: UnsafeMutableBufferPointer<Float>) {
    let type = self.type
    let rows = type.rowsPerGroup
    let columns = weights.count / rows
    let size = type.weightsPerBlock
    let body = group + rows * type.rowHeaderBytes
    for block in 0..<columns / size {
      let bytes = body + block * rows * type.bytesPerBlock
      for row in 0..<rows {
        let y = weights.baseAddress! + row * columns + block * size
        let d = scale(row, bytes, headers: group)
        for part in 0..<size / 32 {
          decode(part, row: row, bytes, d: d, into: y + 32 * part)
        }
      }
    }
  }
}
