import Crypto

/// A SHA-256 digest, which names content: where two digests are equal, so is what they are of.
package struct ContentDigest: Hashable, Sendable {
  /// 32 bytes.
  package let bytes: [UInt8]

  /// The digest that was stored as these bytes; nil unless they are 32.
  package init?(bytes: [UInt8]) {
    guard bytes.count == SHA256.byteCount else { return nil }
    self.bytes = bytes
  }

  /// The digest that was written as 64 lower-case hexadecimal digits; nil for another text.
  package init?(hexadecimal text: String) {
    let digits = text.utf8.compactMap { digit -> UInt8? in
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
      default: nil
      }
    }
    guard digits.count == text.utf8.count, digits.count == 2 * SHA256.byteCount else { return nil }
    bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// The digest of bytes that are all there.
  package init(of bytes: UnsafeRawBufferPointer) {
    var hasher = ContentHasher()
    hasher.add(bytes)
    self = hasher.finish()
  }

  /// The digest of some text.
  package init(of text: String) { self.init(SHA256.hash(data: Array(text.utf8))) }

  fileprivate init(_ digest: SHA256.Digest) { bytes = Array(digest) }

  /// 64 hexadecimal digits.
  package var hexadecimal: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// Takes a `ContentDigest` piece by piece.
package struct ContentHasher {
  private var hash = SHA256()

  /// A hasher that has taken in nothing.
  package init() {}

  /// Takes in bytes; where one piece ends and the next begins makes no difference.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    hash.update(bufferPointer: bytes)
  }

  /// Takes in a number, as 8 bytes.
  package mutating func add(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { add($0) }
  }

  /// Takes in a text and its length, so that no two lists of texts digest alike.
  package mutating func add(_ text: String) {
    add(UInt64(text.utf8.count))
    Array(text.utf8).withUnsafeBytes { add($0) }
  }

  /// Takes in numbers and how many there are.
  package mutating func add(_ numbers: [Float]) {
    add(UInt64(numbers.count))
    numbers.withUnsafeBytes { add($0) }
  }

  /// Takes in another digest, as its 32 bytes.
  package mutating func add(_ digest: ContentDigest) {
    digest.bytes.withUnsafeBytes { add($0) }
  }

  /// The digest of all that was taken in.
  package func finish() -> ContentDigest { ContentDigest(hash.finalize()) }
}
