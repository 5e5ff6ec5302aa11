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
  ///
  /// - Parameter start: the index of the first in its entry.
  func requireSumsOfSquares(
    of entry: String, from start: Int = 0
  ) throws(StatisticsError.Problem) {
    for (index, value) in enumerated() {
      guard value.isFinite else { throw .notFinite(entry: entry, index: start + index) }
      guard value >= 0 else { throw .negative(entry: entry, index: start + index) }
    }
  }
}

/// Looks at numbers in a file, stretch by stretch, to know that they can be sums of squares or counts.
struct SumsOfSquaresCheck {
  /// The entry that the numbers are of.
  let entry: String
  /// The largest number so far.
  private(set) var largest: Float = 0
  /// The smallest that is not zero.
  private(set) var smallest = Float.infinity

  init(of entry: String) { self.entry = entry }

  /// Looks at `count` numbers.
  ///
  /// - Parameter read: fills memory with the bytes of some of them.
  /// - Throws: `StatisticsError.Problem` for the first that is negative or not finite, or what `read` throws.
  mutating func check(
    count: Int, read: (_ bytes: Range<Int>, UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    let step = 1 << 16
    var bytes = [UInt8](repeating: 0, count: 4 * min(step, count))
    for start in stride(from: 0, to: count, by: step) {
      let size = min(step, count - start)
      try bytes.withUnsafeMutableBytes {
        try read(
          4 * start..<4 * (start + size),
          UnsafeMutableRawBufferPointer(rebasing: $0[..<(4 * size)]))
      }
      let values = [Float](littleEndian: Array(bytes.prefix(4 * size)))
      try values.requireSumsOfSquares(of: entry, from: start)
      for value in values {
        largest = max(largest, value)
        if value > 0 { smallest = min(smallest, value) }
      }
    }
  }
}
