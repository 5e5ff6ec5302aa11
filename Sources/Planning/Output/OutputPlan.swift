package import GGUF
package import Statistics

/// The file that `apply` writes, before it is written: which tensors it has, their types and bytes, and its
/// metadata. Whatever sizes a file, shows it or writes it asks this value.
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

  /// In the order of the file.
  package let tensors: [Tensor]
  /// Where everything goes in the file.
  package let layout: FileLayout

  /// Bytes of the whole file.
  package var fileBytes: Int { layout.fileBytes }
  /// Bytes of the file that no choice of types changes.
  package var headerBytes: Int { layout.headerBytes }
  /// 8 × bytes of all tensors ÷ weights of all tensors: as llama.cpp counts, padding left out.
  package var bitsPerWeight: Double { layout.bitsPerWeight }

  /// The file that a model becomes with these types.
  ///
  /// - Parameters:
  ///   - types: one for each of the model's tensors.
  ///   - added: tensors that the model lacks, each with its bytes; they stand behind its own.
  ///   - metadata: what the file says about itself.
  /// - Throws: The rule of GGUF that the file would break.
  package init(
    _ model: ModelFile, types: [TensorType], added: [Tensor] = [], metadata: OutputMetadata
  ) throws(FormatError.Problem) {
    precondition(types.count == model.tensors.count, "\(types.count) types")
    tensors =
      zip(model.tensors, types).map { tensor, type in
        Tensor(name: tensor.name, shape: tensor.shape, type: type, content: .source(tensor))
      } + added
    var descriptors: [TensorDescriptor] = []
    for tensor in tensors {
      let descriptor = try TensorDescriptor(
        name: tensor.name, shape: tensor.shape, type: tensor.type)
      if case .bytes(let bytes) = tensor.content {
        precondition(bytes.count == descriptor.byteCount, "\(tensor.name): \(bytes.count) bytes")
      }
      descriptors.append(descriptor)
    }
    layout = try FileLayout(
      metadata: metadata.values(for: descriptors, from: model.metadata),
      tensors: descriptors.map { (name: $0.name, shape: $0.shape, type: $0.type) })
  }
}

extension FileLayout {
  /// 8 × bytes of all tensors ÷ weights of all tensors: as llama.cpp counts, padding left out.
  fileprivate var bitsPerWeight: Double {
    let bytes = tensors.reduce(0) { $0 + $1.byteCount }
    return BitsPerWeight.of(bytes: bytes, weights: tensors.reduce(0) { $0 + $1.elements })
  }
}
