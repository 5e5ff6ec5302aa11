import GGUF

/// A type whose weights are scale × level × what a generator makes of a seed: see `TrellisScheme`.
/// The conforming type says where the bits go; the search is shared.
protocol TrellisFormat: RowFormat {
  static var scheme: TrellisScheme { get }

  /// Writes 256 weights.
  ///
  /// - Parameters:
  ///   - blocks: eight blocks.
  ///   - bytes: `type.bytesPerBlock` zero bytes.
  static func pack(_ blocks: FittedTrellis, into bytes: UnsafeMutableRawPointer)
}

extension TrellisFormat {
  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into bytes: UnsafeMutableRawPointer
  ) {
    let units = weights.count / 256
    bytes.initializeMemory(
      as: UInt8.self, repeating: 0, count: type.rowHeaderBytes + units * type.bytesPerBlock)
    let row = NormalizedRow(weights, importance: importance)
    if row.isZero { return }
    var fit = TrellisFit(scheme, count: weights.count)
    let blocks = fit.fit(row)
    let scale = row.original(blocks.scale, times: scheme.largestLevel * 126)
    bytes.storeBytes(of: scale.bitPattern.littleEndian, as: UInt32.self)
    for unit in 0..<units {
      pack(
        blocks.dropFirst(8 * unit, group: scheme.group),
        into: bytes + type.rowHeaderBytes + unit * type.bytesPerBlock)
    }
  }
}
