import Codecs
import GGUF
import LinearAlgebra
import Statistics

extension ContentDigest {
  /// The origin of a tensor of an output: a digest of everything that its bytes depend on. Where two tensors have the
  /// same origin, they have the same bytes.
  ///
  /// It is the SHA-256 of, each text and each array preceded by its length as `UInt64`, little-endian like all numbers:
  ///
  /// 1. the text `ration tensor 1`;
  /// 2. the name of the type it had, its dimensions, each as `UInt64`, and the digest of its bytes (`SourceDigests`);
  /// 3. the name of the type it has. For a tensor that is copied, that is all.
  /// 4. the revisions of the codecs of both types, as `UInt64`;
  /// 5. the weighting and the unit of losses, as texts;
  /// 6. 1 and the importance of its columns, slice after slice, or 0 where nothing is known, as `UInt64`;
  /// 7. where errors are compensated, the text `compensated 1`, the digest of the second moments, and the arithmetic of
  ///    the machine, as a text.
  ///
  /// - Parameters:
  ///   - source: the tensor that it is made from.
  ///   - content: the digest of that tensor's bytes.
  ///   - importance: what the encoder weighs columns by, slice after slice.
  ///   - moments: a digest of the second moments that errors are compensated with; nil without.
  init(
    originOf type: TensorType, from source: TensorDescriptor, content: ContentDigest,
    _ encoding: Encoding, importance: [Float]?, moments: ContentDigest?
  ) {
    var hasher = ContentHasher()
    // Raise the number when anything else than a codec changes bytes.
    hasher.add("ration tensor 1")
    hasher.add(source.type.name)
    hasher.add(UInt64(source.shape.count))
    for dimension in source.shape { hasher.add(UInt64(dimension)) }
    hasher.add(content)
    hasher.add(type.name)
    if type != source.type {
      for type in [source.type, type] { hasher.add(UInt64(Codec.of(type)?.revision ?? 0)) }
      hasher.add(encoding.weighting.rawValue)
      hasher.add(encoding.unit.rawValue)
      hasher.add(UInt64(importance == nil ? 0 : 1))
      if let importance { hasher.add(importance) }
      if let moments {
        hasher.add("compensated 1")
        hasher.add(moments)
        hasher.add(Arithmetic.bfloat.fingerprint)
      }
    }
    self = hasher.finish()
  }

  /// The origin of a tensor that the source lacks: its bytes alone.
  init(originOf bytes: [UInt8], type: TensorType) {
    var hasher = ContentHasher()
    hasher.add("ration added tensor 1")
    hasher.add(type.name)
    hasher.add(bytes.withUnsafeBytes { ContentDigest(of: $0) })
    self = hasher.finish()
  }
}
