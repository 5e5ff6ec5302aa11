package import GGUF

/// The digest of all that a calibration depends on, taken piece by piece.
package struct CalibrationDigest {
  private var hasher = ContentHasher()

  package init() {
    // Raise the number when the statistics of the same inputs change, or the format of checkpoints.
    hasher.add("ration calibration 2")
  }

  /// Takes in the contents of a file.
  ///
  /// - Parameter progress: called between pieces of 4 MiB; what it throws ends the work.
  package mutating func add(_ file: OpenFile, progress: () throws -> Void) throws {
    hasher.add(UInt64(file.stamp.size))
    let piece = 4 << 20
    var bytes = [UInt8](repeating: 0, count: min(piece, file.stamp.size))
    for start in stride(from: 0, to: file.stamp.size, by: piece) {
      try progress()
      let count = min(piece, file.stamp.size - start)
      try bytes.withUnsafeMutableBytes { bytes in
        let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
        try file.read(at: start, into: bytes)
        hasher.add(UnsafeRawBufferPointer(bytes))
      }
    }
  }

  /// Takes in a number.
  package mutating func add(_ number: UInt64) { hasher.add(number) }

  /// Takes in a text.
  package mutating func add(_ text: String) { hasher.add(text) }

  /// Takes in a sequence of tokens.
  package mutating func add(_ tokens: [Int32]) {
    hasher.add(UInt64(tokens.count))
    for token in tokens { hasher.add(UInt64(UInt32(bitPattern: token))) }
  }

  /// The digest of what was taken in.
  package func finish() -> ContentDigest { hasher.finish() }
}
