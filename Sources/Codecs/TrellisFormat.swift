import GGUF

/// A type whose weights are scale × level × what a generator makes of a seed: see `TrellisScheme`.
/// The conforming type says where the bits go; the search is shared.
protocol TrellisFormat: FittedFormat where Fit == TrellisFit {
  static var scheme: TrellisScheme { get }

  /// Writes 256 weights.
  ///
  /// - Parameters:
  ///   - blocks: eight blocks.
  ///   - bytes: `type.bytesPerBlock` zero bytes.
  static func pack(_ blocks: TrellisBlocks, into bytes: UnsafeMutableRawPointer)
}

extension TrellisFormat {
  static var unitColumns: Int { TrellisFit.unitColumns }

  static func fit(columns: Int) -> TrellisFit { TrellisFit(scheme, columns: columns) }

  static func packHeader(
    of row: NormalizedRow, _ fit: TrellisFit, into bytes: UnsafeMutableRawPointer
  ) {
    let scale = row.original(fit.scale, times: scheme.largestLevel * 126)
    bytes.storeBytes(of: scale.bitPattern.littleEndian, as: UInt32.self)
  }

  static func pack(
    _ index: Int, of row: NormalizedRow, _ fit: TrellisFit, into bytes: UnsafeMutableRawPointer
  ) {
    pack(fit.blocks(from: 8 * index), into: bytes)
  }
}
