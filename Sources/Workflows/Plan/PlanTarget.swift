package import GGUF
package import Planning

/// What limits a plan.
package enum PlanTarget: Sendable {
  /// Bits per weight over all tensors, their bytes alone counted, as llama.cpp prints it.
  case bitsPerWeight(Double)
  /// Bytes of the whole file.
  case fileBytes(Int)
  /// The bits per weight that the skeleton takes.
  case skeleton
  /// A least speed alone (`SpeedRequest.least`).
  case speed
  /// Memory to run the model in. The context, where one is given, is kept in the first pool.
  case memory([MemoryPool], context: Context?)

  /// Memory, and the tensors that are to lie in it.
  package struct MemoryPool: Sendable {
    /// What reports call it; nil where it is the only one.
    package let name: String?
    /// The tensors that go there, of those that no earlier pool takes; nil: all that no other pool takes.
    package let pattern: TensorPattern?
    /// The only types to choose from there; nil: no further limit.
    package let types: [TensorType]?
    /// How much there is.
    package let bytes: Int

    package init(
      name: String? = nil, pattern: TensorPattern? = nil, types: [TensorType]? = nil, bytes: Int
    ) {
      self.name = name
      self.pattern = pattern
      self.types = types
      self.bytes = bytes
    }
  }

  /// What a program keeps of the text it has read.
  package struct Context: Sendable, Equatable {
    package let tokens: Int
    /// How keys and values are stored.
    package let type: TensorType

    package init(tokens: Int, type: TensorType) {
      self.tokens = tokens
      self.type = type
    }
  }

  /// Whether the padding of tensors counts, not their own bytes alone.
  var countsPadding: Bool {
    switch self {
    case .fileBytes, .memory: true
    case .bitsPerWeight, .skeleton, .speed: false
    }
  }
}
