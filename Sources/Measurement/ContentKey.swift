import Statistics
package import Codecs
import Crypto
package import GGUF

/// A SHA-256 digest that names content.
package struct ContentKey: Hashable, Sendable {
  package let bytes: [UInt8]

  init(_ digest: SHA256.Digest) { bytes = Array(digest) }
  init(bytes: [UInt8]) { self.bytes = bytes }

  /// 64 hexadecimal digits.
  package var hexadecimal: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The digest of some text.
  package init(of text: String) { self.init(SHA256.hash(data: Array(text.utf8))) }
}

/// The digest of a tensor's bytes, shape and type, taken chunk by chunk.
package struct TensorDigest {
  private var hash = SHA256()

  package init(_ tensor: TensorDescriptor) {
    // The same bytes under another shape or type are other weights.
    hash.add(UInt64(tensor.type.id))
    for dimension in tensor.shape { hash.add(UInt64(dimension)) }
  }

  /// Takes in the next bytes of the tensor's data.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    hash.update(bufferPointer: bytes)
  }

  package func finish() -> ContentKey { ContentKey(hash.finalize()) }
}

extension LossMetric {
  /// The digest of all that makes up the weights.
  package var key: ContentKey {
    var hash = SHA256()
    hash.add(unit.rawValue)
    hash.add(source.rawValue)
    for term in terms {
      hash.add(term.rows)
      hash.add(term.columns)
    }
    return ContentKey(hash.finalize())
  }
}

extension ContentKey {
  /// What a measurement depends on: nothing else may change its result, so nothing stale is reused.
  ///
  /// - Parameters:
  ///   - content: of the tensor.
  ///   - weights: of the loss.
  ///   - codec: its type and the revision of its encoder.
  ///   - weighting: what the encoder minimises.
  ///   - rows: how many rows are measured.
  package init(
    content: ContentKey, weights: ContentKey, codec: Codec, weighting: Weighting = .importance,
    rows: Int
  ) {
    var hash = SHA256()
    // Raise the number when a figure's definition changes.
    hash.add("ration measurement 2")
    hash.update(data: content.bytes)
    hash.update(data: weights.bytes)
    hash.add(UInt64(codec.type.id))
    hash.add(UInt64(codec.revision))
    hash.add(weighting.rawValue)
    hash.add(UInt64(rows))
    self.init(hash.finalize())
  }

  /// A seed for sampling that depends on content alone.
  package var seed: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}

extension SHA256 {
  mutating func add(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { update(bufferPointer: $0) }
  }

  /// The length too, so that no two lists of texts digest alike.
  mutating func add(_ text: String) {
    add(UInt64(text.utf8.count))
    update(data: Array(text.utf8))
  }

  fileprivate mutating func add(_ numbers: [Float]) {
    add(UInt64(numbers.count))
    numbers.withUnsafeBytes { update(bufferPointer: $0) }
  }
}
