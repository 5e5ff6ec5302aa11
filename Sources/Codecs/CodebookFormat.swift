import GGUF

/// A type whose groups of weights are entries of a codebook: see `CodebookScheme`.
protocol CodebookFormat: FittedFormat where Fit == CodebookFit {
  static var scheme: CodebookScheme { get }

  /// Writes one super-block into `type.bytesPerBlock` zero bytes; `d` is its half.
  static func pack(_ blocks: CodebookMatches, d: UInt16, into bytes: UnsafeMutableRawPointer)
}

extension CodebookFormat {
  static var unitColumns: Int { scheme.blockSize }

  static func fit(columns: Int) -> CodebookFit { CodebookFit(scheme, columns: columns) }

  static func pack(
    _ index: Int, of row: NormalizedRow, _ fit: CodebookFit, into bytes: UnsafeMutableRawPointer
  ) {
    pack(
      fit.matches(ofSuperblock: index), d: row.halfBits(fit.scales[index] / scheme.unit),
      into: bytes)
  }
}
