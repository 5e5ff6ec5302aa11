import GGUF

/// A type that stores the same columns of several rows together.
///
/// A group begins with the headers of its rows, where the type has them. Then come, for one block of
/// columns after another, `rowsPerGroup × bytesPerBlock` bytes with that block of all its rows: scales
/// first, then one or two planes of code bits.
///
///     weight = scale × value(code) + offset
///
/// The conforming type is a datasheet: it says where the code bits are and what sixteen weights share.
protocol InterleavedFormat: DecodeOnlyFormat {
  /// The low bits of the codes, or all of them.
  static var low: CodePlane { get }

  /// The bits above those.
  static var high: CodePlane? { get }

  /// What the weights 16 `sixteen` … 16 `sixteen` + 15 of a block share.
  ///
  /// - Parameters:
  ///   - row: of the group, from 0.
  ///   - block: the bytes of the block of all rows.
  ///   - headers: the start of the group.
  static func scaling(
    _ sixteen: Int, row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer
  ) -> Scaling
}

/// What becomes of a code: scale × values[code] + offset.
struct Scaling {
  let scale: Float
  let values: UnsafePointer<Float>
  /// Adding negative zero changes nothing, not even the sign of a zero.
  var offset: Float = -0.0
}

extension InterleavedFormat {
  static var high: CodePlane? { nil }

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
        for sixteen in 0..<size / 16 {
          let scaling = scaling(sixteen, row: row, bytes, headers: group)
          for quad in 0..<4 {
            var codes = low.four(bytes, row: row, of: rows, sixteen, quad)
            if let high {
              codes |= high.four(bytes, row: row, of: rows, sixteen, quad) &<< UInt32(low.bits)
            }
            for j in 0..<4 {
              let code = Int(codes &>> UInt32(8 * j) & 255)
              y[16 * sixteen + 4 * quad + j] = scaling.scale * scaling.values[code] + scaling.offset
            }
          }
        }
      }
    }
  }
}
