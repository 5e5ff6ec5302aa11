import GGUF

/// An interleaved type of which each weight has a code.
///
/// Scales come first in the bytes of a block, then one or two planes of code bits. The conforming type
/// is a datasheet: it says where the code bits are and what sixteen weights share.
protocol InterleavedCodeFormat: InterleavedFormat {
  /// The low bits of the codes, or all of them.
  static var low: CodePlane { get }

  /// The bits above those.
  static var high: CodePlane? { get }

  /// What the weights 16 `sixteen` … 16 `sixteen` + 15 of a row's block share.
  static func scaling(_ sixteen: Int, row: Int, _ block: UnsafeRawPointer, d: Float) -> Scaling
}

/// What becomes of the codes of sixteen weights.
enum Scaling {
  /// weight = scale × values[code]; there are `count` values.
  case values(UnsafePointer<Float>, count: Int, scale: Float)
  /// weight = (code − bias) × scale − minimum.
  case linear(scale: Float, bias: Int = 0, minimum: Float = 0)

  /// weight = scale × the value of the code in a grid, or in its shifted copy.
  @inline(__always)
  static func grid(_ grid: Grid, shifted: Bool, scale: Float) -> Scaling {
    .values(grid.values(shifted: shifted), count: grid.size, scale: scale)
  }
}

extension InterleavedCodeFormat {
  static var high: CodePlane? { nil }

  @inline(__always)
  static func decode(
    _ part: Int, row: Int, _ block: UnsafeRawPointer, d: Float,
    into weights: UnsafeMutablePointer<Float>
  ) {
    let rows = type.rowsPerGroup
    for sixteen in 2 * part..<2 * part + 2 {
      let scaling = scaling(sixteen, row: row, block, d: d)
      var codes = low.sixteen(sixteen, row: row, of: rows, block)
      if let high {
        codes |= high.sixteen(sixteen, row: row, of: rows, block) &<< UInt32(low.bits)
      }
      withUnsafeBytes(of: codes) { codes in
        let planes = Planes(codes.baseAddress!, bits: 8)
        let y = weights + sixteen % 2 * 16
        switch scaling {
        case .values(let values, let count, let scale):
          planes.decode(16, values: values, of: count, scale: scale, into: y)
        case .linear(let scale, let bias, let minimum):
          planes.decode(16, bias: bias, scale: scale, minimum: minimum, into: y)
        }
      }
    }
  }
}
