extension ContentDigest {
  /// The fingerprint of a model's tensors: a digest of their names, shapes and types, and of the first,
  /// the middle and the last 4 KiB of each. It takes moments whatever the size of the model, and a
  /// training step, which moves all weights, changes it. Neither metadata nor the division into shards
  /// is part of it.
  ///
  /// - Throws: `FileError`.
  package init(fingerprintOf model: ModelFile) throws {
    var hasher = ContentHasher()
    // Raise the number when the fingerprint's definition changes.
    hasher.add("ration model 1")
    for tensor in model.tensors.sorted(by: { $0.name < $1.name }) {
      hasher.add(tensor.name)
      hasher.add(UInt64(tensor.type.id))
      for dimension in tensor.shape { hasher.add(UInt64(dimension)) }
      let size = min(4096, tensor.byteCount)
      var bytes = [UInt8](repeating: 0, count: size)
      for start in [0, (tensor.byteCount - size) / 2, tensor.byteCount - size] {
        try bytes.withUnsafeMutableBytes {
          try model.read(tensor, byteRange: start..<start + size, into: $0)
        }
        bytes.withUnsafeBytes { hasher.add($0) }
      }
    }
    self = hasher.finish()
  }
}
