import GGUF

/// A K-quant whose blocks have a scale and a minimum each, both small multiples of two
/// half-precision numbers of the super-block: weight = d × level × code − dmin × minimum.
protocol AffineSuperblockFormat: RowFormat {
  static var scheme: AffineSuperblockScheme { get }

  /// Writes one super-block into `type.bytesPerBlock` zero bytes; `d` and `dmin` are its halves.
  static func pack(
    _ blocks: FittedAffineBlocks, d: UInt16, dmin: UInt16, into bytes: UnsafeMutableRawPointer)
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
  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into bytes: UnsafeMutableRawPointer
  ) {
    let row = NormalizedRow(weights, importance: importance)
    let superblocks = weights.count / 256
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: superblocks * type.bytesPerBlock)
    var fit = AffineSuperblockFit(scheme)
    for index in 0..<superblocks {
      let blocks = fit.fit(row, start: 256 * index)
      pack(
        blocks, d: row.halfBits(blocks.d), dmin: row.halfBits(blocks.dmin),
        into: bytes + index * type.bytesPerBlock)
    }
  }
}
