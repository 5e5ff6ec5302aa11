package import Codecs
package import GGUF
import Statistics

/// The digest of a tensor's bytes, shape and type, taken chunk by chunk.
package struct TensorDigest {
  private var hasher = ContentHasher()

  /// The digest of a tensor whose bytes are still to come.
  package init(_ tensor: TensorDescriptor) {
    // The same bytes under another shape or type are other weights.
    hasher.add(UInt64(tensor.type.id))
    for dimension in tensor.shape { hasher.add(UInt64(dimension)) }
  }

  /// Takes in the next bytes of the tensor's data.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) { hasher.add(bytes) }

  /// The digest of what was taken in.
  package func finish() -> ContentDigest { hasher.finish() }
}

extension LossMetric {
  /// The digest of all that makes up the weights.
  package var key: ContentDigest {
    var hasher = ContentHasher()
    hasher.add(unit.rawValue)
    hasher.add(source.rawValue)
    for term in terms {
      hasher.add(term.rows)
      hasher.add(term.columns)
    }
    return hasher.finish()
  }
}

extension ContentDigest {
  /// What a measurement depends on: nothing else may change its result, so nothing stale is reused.
  ///
  /// - Parameters:
  ///   - content: of the tensor.
  ///   - weights: of the loss.
  ///   - codec: its type and the revision of its encoder.
  ///   - weighting: what the encoder minimises.
  ///   - moments: a digest of the second moments that errors are compensated with; nil without.
  ///   - rows: how many rows are measured.
  package init(
    content: ContentDigest, weights: ContentDigest, codec: Codec,
    weighting: Weighting = .importance, moments: ContentDigest? = nil, rows: Int
  ) {
    var hasher = ContentHasher()
    // Raise the number when a figure's definition changes.
    hasher.add("ration measurement 2")
    hasher.add(content)
    hasher.add(weights)
    hasher.add(UInt64(codec.type.id))
    hasher.add(UInt64(codec.revision))
    hasher.add(weighting.rawValue)
    hasher.add(UInt64(rows))
    if let moments {
      hasher.add("compensated 1")
      hasher.add(moments)
    }
    self = hasher.finish()
  }

  /// A seed for sampling that depends on content alone.
  package var seed: UInt64 { bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
