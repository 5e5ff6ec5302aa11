import GGUF

/// A type of independent blocks of 32 with a half-precision scale and offset each:
/// weight = scale × code + offset.
protocol AffineFormat: FittedFormat where Fit == AffineFit {
  /// The largest code; the smallest is 0.
  static var highestCode: Int { get }

  /// Writes one block into `type.bytesPerBlock` zero bytes.
  static func pack(
    _ codes: UnsafePointer<UInt8>, scale: UInt16, offset: UInt16,
    into bytes: UnsafeMutableRawPointer)
}

extension AffineFormat {
  static var unitColumns: Int { AffineFit.unitColumns }

  static func fit(columns: Int) -> AffineFit {
    AffineFit(highestCode: highestCode, columns: columns)
  }

  static func pack(
    _ index: Int, of row: NormalizedRow, _ fit: AffineFit, into bytes: UnsafeMutableRawPointer
  ) {
    let (block, codes) = fit.block(index)
    pack(
      codes, scale: row.halfBits(block.scale), offset: row.halfBits(block.offset), into: bytes)
  }
}
