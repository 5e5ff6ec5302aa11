extension [Float] {
  /// Numbers from their bytes in a file.
  init(littleEndian bytes: [UInt8]) {
    let count = bytes.count / MemoryLayout<Float>.size
    self = bytes.withUnsafeBytes { bytes in
      (0..<count).map { index in
        let bits = bytes.loadUnaligned(
          fromByteOffset: index * MemoryLayout<Float>.size, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: bits))
      }
    }
  }

  /// Checks that these can be sums of squares or counts: finite, none negative.
  func requireSumsOfSquares(of entry: String) throws(StatisticsError.Problem) {
    for (index, value) in enumerated() {
      guard value.isFinite else { throw .notFinite(entry: entry, index: index) }
      guard value >= 0 else { throw .negative(entry: entry, index: index) }
    }
  }
}
