import GGUF

/// A K-quant whose blocks have a scale and a minimum each, both small multiples of two
/// half-precision numbers of the super-block: weight = d × level × code − dmin × minimum.
protocol AffineSuperblockFormat: FittedFormat where Fit == AffineSuperblockFit {
  static var scheme: AffineSuperblockScheme { get }

  /// Writes one super-block into `type.bytesPerBlock` zero bytes; `d` and `dmin` are its halves.
  static func pack(
    _ blocks: AffineSuperblock, d: UInt16, dmin: UInt16, into bytes: UnsafeMutableRawPointer)
}

/// The geometry of such a type.
struct AffineSuperblockScheme: Sendable {
  /// The largest code; the smallest is 0.
  let highestCode: Int
  let blockSize: Int
  /// The largest level and minimum.
  let highestLevel: Int
}

extension AffineSuperblockFormat {
  static var unitColumns: Int { scheme.blockSize }

  static func fit(columns: Int) -> AffineSuperblockFit {
    AffineSuperblockFit(scheme, columns: columns)
  }

  static func pack(
    _ index: Int, of row: NormalizedRow, _ fit: AffineSuperblockFit,
    into bytes: UnsafeMutableRawPointer
  ) {
    let scales = fit.scales[index]
    pack(
      fit.blocks(ofSuperblock: index), d: row.halfBits(scales.d), dmin: row.halfBits(scales.dmin),
      into: bytes)
  }
}
