import GGUF

/// An interleaved type of which each weight has a code: weight = scale × value(code) + offset.
///
/// Scales come first in the bytes of a block, then one or two planes of code bits. The conforming type
/// is a datasheet: it says where the code bits are and what sixteen weights share.
protocol InterleavedCodeFormat: InterleavedFormat {
  /// The low bits of the codes, or all of them.
  static var low: CodePlane { get }

  /// The bits above those.
  static var high: CodePlane? { get }

  /// What the weights 16 `sixteen` … 16 `sixteen` + 15 of a row's block share.
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

extension InterleavedCodeFormat {
  static var high: CodePlane? { nil }

  @inline(__always)
  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, headers: UnsafeRawPointer,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let rows = type.rowsPerGroup
    for sixteen in 2 * part..<2 * part + 2 {
      let scaling = scaling(sixteen, row: row, block, headers: headers)
      let y = weights + sixteen % 2 * 16
      for quad in 0..<4 {
        var codes = low.four(block, row: row, of: rows, sixteen, quad)
        if let high {
          codes |= high.four(block, row: row, of: rows, sixteen, quad) &<< UInt32(low.bits)
        }
        for j in 0..<4 {
          let code = Int(codes &>> UInt32(8 * j) & 255)
          y[4 * quad + j] = scaling.scale * scaling.values[code] + scaling.offset
        }
      }
    }
  }
}
