package import GGUF

/// The shape of a model, as far as the choice of tensor types depends on it.
package struct ModelOutline: Sendable {
  /// A tensor of the model.
  package struct Tensor: Sendable, Equatable {
    /// The name of the tensor.
    package let name: String
    /// The extents of the tensor.
    package let shape: TensorShape
    /// The type it has.
    package let type: TensorType
    /// Whether it may be quantized: no `KeepRule` is about it.
    package let isQuantizable: Bool

    init(_ tensor: TensorDescriptor) {
      name = tensor.name
      shape = TensorShape(tensor.shape)
      type = tensor.type
      isQuantizable = KeepRule.first(for: name, shape: shape, type: type) == nil
    }
  }

  /// `general.architecture`, which also begins the keys of the other facts.
  package let architecture: String
  /// Blocks (layers): `block_count`.
  package let blocks: Int
  /// Attention heads of the first block: `attention.head_count`; 0 where there is no attention.
  package let heads: Int
  /// Heads of the first block's keys and values: `attention.head_count_kv`, by default all heads.
  package let kvHeads: Int
  /// Experts of a feed-forward layer: `expert_count`; 0 in a dense model.
  package let experts: Int
  /// Tokens: `vocab_size` or, without that key, the length of `tokenizer.ggml.tokens`; 0 unknown.
  package let vocabulary: Int
  /// The length of a token's embedding: `embedding_length`; 0 where it is not given.
  package let embeddingLength: Int
  /// The tensors in the order of the file.
  package let tensors: [Tensor]

  /// The outline of a model with this metadata and these tensors, which are in the order of the
  /// file. Throws the key that is missing or holds something else than it should.
  package init(metadata: Metadata, tensors: [TensorDescriptor]) throws(ModelOutlineError) {
    let architectureKey = "general.architecture"
    guard let value = metadata[architectureKey] else { throw .missing(key: architectureKey) }
    guard let architecture = value.string else { throw .notText(key: architectureKey) }
    let keys = ArchitectureNumbers(metadata)
    guard let blocks = try keys.number("block_count") else {
      throw .missing(key: keys.name("block_count"))
    }
    self.architecture = architecture
    self.blocks = blocks
    heads = try keys.number("attention.head_count") ?? 0
    kvHeads = try keys.number("attention.head_count_kv") ?? heads
    experts = try keys.number("expert_count") ?? 0
    embeddingLength = try keys.number("embedding_length") ?? 0
    vocabulary =
      try keys.number("vocab_size") ?? metadata["tokenizer.ggml.tokens"]?.arrayCount ?? 0
    self.tensors = tensors.map(Tensor.init)
  }

  /// The outline of a model of which only the tensors are known: enough where all get one type.
  package init(tensors: [TensorDescriptor]) {
    architecture = ""
    (blocks, heads, kvHeads, experts, vocabulary, embeddingLength) = (0, 0, 0, 0, 0, 0)
    self.tensors = tensors.map(Tensor.init)
  }

  /// Heads that share a key and a value, rounded down; 0 where there are none.
  package var headsPerKV: Int { kvHeads == 0 ? 0 : heads / kvHeads }

  /// Whether the token embeddings serve as output matrix too.
  package var isTied: Bool { !tensors.contains { $0.name == "output.weight" } }
}

extension ArchitectureNumbers {
  /// The number of a key, the first block's where each has its own; nil where the key is missing.
  fileprivate func number(_ key: String) throws(ModelOutlineError) -> Int? {
    guard holds(key) else { return nil }
    guard let number = integer(key, block: 0) else { throw .notACount(key: name(key)) }
    return number
  }
}

/// Metadata that say too little of a model's shape.
package enum ModelOutlineError: ClassifiedError, Equatable {
  /// The key is not there.
  case missing(key: String)
  /// The value of the key is not a string.
  case notText(key: String)
  /// The value of the key is no sensible count, nor a list that begins with one.
  case notACount(key: String)

  package var kind: ErrorKind { .badInput }

  package var description: String {
    switch self {
    case .missing(let key): "the metadata lack \(key.quoted)"
    case .notText(let key): "the value of \(key.quoted) is not text"
    case .notACount(let key): "the value of \(key.quoted) is no sensible count"
    }
  }
}
