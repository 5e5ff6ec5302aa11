import GGUF

/// A type whose weights are scale × level × value(code): see `SharedScaleScheme`. The conforming
/// type says where the bits go; the search is shared.
protocol SharedScaleFormat: FittedFormat where Fit == SharedScaleFit {
  static var scheme: SharedScaleScheme { get }

  /// Writes one block of the type's geometry (32 or 256 weights).
  ///
  /// - Parameters:
  ///   - blocks: the levels, shifts and codes of its blocks.
  ///   - scale: the bits of its own half-precision scale; meaningless where the row holds the scale.
  ///   - bytes: `type.bytesPerBlock` zero bytes.
  static func pack(_ blocks: SharedScaleBlocks, scale: UInt16, into bytes: UnsafeMutableRawPointer)
}

extension SharedScaleFormat {
  static var unitColumns: Int { scheme.blockSize }

  static func fit(columns: Int) -> SharedScaleFit { SharedScaleFit(scheme, columns: columns) }

  static func packHeader(
    of row: NormalizedRow, _ fit: SharedScaleFit, into bytes: UnsafeMutableRawPointer
  ) {
    guard case .row(let half) = scheme.scope else { return }
    if half {
      bytes.storeBytes(of: row.halfBits(fit.scales[0]).littleEndian, as: UInt16.self)
    } else {
      let scale = row.original(fit.scales[0], times: fit.largestFactor)
      bytes.storeBytes(of: scale.bitPattern.littleEndian, as: UInt32.self)
    }
  }

  static func pack(
    _ index: Int, of row: NormalizedRow, _ fit: SharedScaleFit,
    into bytes: UnsafeMutableRawPointer
  ) {
    let first = index * type.weightsPerBlock / scheme.blockSize
    let scale = type.rowHeaderBytes > 0 ? 0 : row.halfBits(fit.scale(of: first))
    pack(fit.blocks(from: first), scale: scale, into: bytes)
  }
}
