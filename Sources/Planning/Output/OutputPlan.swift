package import GGUF

/// What `apply` writes, before it is written: which tensors there are, their types and bytes, the files that they are
/// in, and the metadata. Whatever sizes an output, shows it or writes it asks this value.
package struct OutputPlan: Sendable {
  /// One tensor of the file.
  package struct Tensor: Sendable {
    /// Unique in the file, of 1 to 63 bytes.
    package let name: String
    /// Fastest dimension first.
    package let shape: [Int]
    /// How the file stores the weights.
    package let type: TensorType
    /// Where its bytes come from.
    package let content: Content

    package init(name: String, shape: [Int], type: TensorType, content: Content) {
      self.name = name
      self.shape = shape
      self.type = type
      self.content = content
    }
  }

  /// Where the bytes of a tensor come from.
  package enum Content: Sendable {
    /// The tensor of the source of the same name, converted where it has another type.
    case source(TensorDescriptor)
    /// These bytes. The source lacks the tensor: scales that stand beside a weight, say.
    case bytes([UInt8])
  }

  /// In the order of the files.
  package let tensors: [Tensor]
  /// Where everything goes in each file, of which there is at least one.
  package let layouts: [FileLayout]

  /// The tensors as the files have them, in the same order.
  package var descriptors: [TensorDescriptor] { layouts.flatMap(\.tensors) }
  /// Bytes of all files.
  package var fileBytes: Int { layouts.reduce(0) { $0 + $1.fileBytes } }
  /// Bytes of the files that no choice of types changes.
  package var headerBytes: Int { layouts.reduce(0) { $0 + $1.headerBytes } }
  /// 8 × bytes of all tensors ÷ weights of all tensors: as llama.cpp counts, padding left out.
  package var bitsPerWeight: Double {
    let tensors = descriptors
    return BitsPerWeight.of(
      bytes: tensors.reduce(0) { $0 + $1.byteCount },
      weights: tensors.reduce(0) { $0 + $1.elements })
  }

  /// The paths of the files, given that of the output: the same for a single file, and llama.cpp's names for several.
  package func paths(_ output: String) -> [String] {
    guard layouts[0].metadata["split.count"] != nil else { return [output] }
    let prefix = output.hasSuffix(".gguf") ? String(output.dropLast(5)) : output
    return layouts.indices.map {
      ShardName(prefix: prefix, number: $0 + 1, count: layouts.count).path
    }
  }

  /// One of the files alone.
  package func file(_ number: Int) -> OutputPlan {
    let before = layouts[..<number].reduce(0) { $0 + $1.tensors.count }
    let own = tensors[before..<before + layouts[number].tensors.count]
    return OutputPlan(tensors: Array(own), layouts: [layouts[number]])
  }

  private init(tensors: [Tensor], layouts: [FileLayout]) {
    self.tensors = tensors
    self.layouts = layouts
  }

  /// The metadata of the first file once all are written, as large as that of its layout.
  ///
  /// - Parameters:
  ///   - source: the digest of the model.
  ///   - statistics: the SHA-256 of the file of statistics, if there is one.
  ///   - tensors: the SHA-256 of each tensor's bytes.
  ///   - origins: what the bytes of each tensor depend on.
  package func metadata(
    source: ContentDigest, statistics: ContentDigest?, tensors: [ContentDigest],
    origins: [ContentDigest]
  ) -> Metadata {
    var metadata = layouts[0].metadata
    func set(_ key: FileProvenance.Key, _ value: MetadataValue) { metadata[key.rawValue] = value }
    set(.sourceDigest, .string(source.hexadecimal))
    if let statistics { set(.statisticsDigest, .string(statistics.hexadecimal)) }
    set(.tensorDigests, .strings(tensors.map(\.hexadecimal)))
    set(.tensorOrigins, .strings(origins.map(\.hexadecimal)))
    return metadata
  }

  /// What a model becomes with these types.
  ///
  /// - Parameters:
  ///   - types: one for each of the model's tensors.
  ///   - added: tensors that the model lacks, each with its bytes; they stand behind its own.
  ///   - metadata: what the output says about itself.
  ///   - division: how it is divided among files.
  /// - Throws: The rule of GGUF that the file would break.
  package init(
    _ model: ModelFile, types: [TensorType], added: [Tensor] = [], metadata: OutputMetadata,
    division: FileDivision = .whole
  ) throws(FormatError.Problem) {
    precondition(types.count == model.tensors.count, "\(types.count) types")
    tensors =
      zip(model.tensors, types).map { tensor, type in
        Tensor(name: tensor.name, shape: tensor.shape, type: type, content: .source(tensor))
      } + added
    var descriptors: [TensorDescriptor] = []
    for tensor in tensors {
      let descriptor = try TensorDescriptor(
        name: tensor.name, shape: tensor.shape, type: tensor.type,
        shard: tensor.source?.shard ?? model.shardPaths.count - 1)
      if case .bytes(let bytes) = tensor.content {
        precondition(bytes.count == descriptor.byteCount, "\(tensor.name): \(bytes.count) bytes")
      }
      descriptors.append(descriptor)
    }
    layouts = try division.layouts(
      of: descriptors, sourceCount: model.shardPaths.count,
      metadata.values(for: descriptors, from: model.metadata))
  }
}

extension OutputPlan.Tensor {
  /// The tensor that it is made from; nil where the source has none.
  package var source: TensorDescriptor? {
    guard case .source(let tensor) = content else { return nil }
    return tensor
  }
}
