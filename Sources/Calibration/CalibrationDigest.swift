package import GGUF

/// The digest of all that a calibration depends on, taken piece by piece.
package struct CalibrationDigest {
  private var hasher = ContentHasher()

  package init() {
    // Raise the number when the statistics of the same inputs change, or the format of checkpoints.
    hasher.add("ration calibration 5")
  }

  /// Takes in the digest of a file's contents.
  package mutating func add(_ digest: ContentDigest) { hasher.add(digest) }

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
