import GGUF

/// A type whose groups of weights are entries of a codebook: see `CodebookScheme`.
protocol CodebookFormat: RowFormat {
  static var scheme: CodebookScheme { get }

  /// Writes one super-block into `type.bytesPerBlock` zero bytes; `d` is its half.
  static func pack(_ blocks: CodebookMatches, d: UInt16, into bytes: UnsafeMutableRawPointer)
}

extension CodebookFormat {
  static func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: UnsafeBufferPointer<Float>?,
    into bytes: UnsafeMutableRawPointer
  ) {
    let row = NormalizedRow(weights, importance: importance)
    let superblocks = weights.count / 256
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: superblocks * type.bytesPerBlock)
    var fit = CodebookFit(scheme)
    for index in 0..<superblocks {
      let (blocks, d) = fit.fit(row, start: 256 * index)
      pack(blocks, d: d, into: bytes + index * type.bytesPerBlock)
    }
  }
}
