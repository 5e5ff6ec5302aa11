package import GGUF

/// Why the memory that a model needs to run cannot be told.
package enum MemoryError: ClassifiedError, Equatable {
  /// The metadata lacks this key, or it holds no sensible number.
  case missing(String)
  /// No tensor makes keys, so what the model keeps of its context is unknown.
  case noAttention
  /// The type of the KV cache does not divide its rows.
  case rowLength(columns: Int, TensorType)
  /// The program that runs the model does not store keys and values in this type.
  case notStored(TensorType, Runtime)
  /// The sum passes what can be counted.
  case tooLarge

  package var kind: ErrorKind {
    switch self {
    case .notStored: .infeasible
    case .missing, .noAttention, .rowLength, .tooLarge: .badInput
    }
  }

  package var description: String {
    switch self {
    case .missing(let key): "the metadata has no usable \(key), which the size of a KV cache takes"
    case .noAttention: "no tensor makes attention keys, so the size of a KV cache is unknown"
    case .rowLength(let columns, let type):
      "a KV cache of \(type) needs rows in multiples of \(type.weightsPerBlock), not \(columns)"
    case .notStored(let type, let runtime):
      "runtime \(runtime.rawValue) does not store a KV cache as \(type)"
    case .tooLarge: "the KV cache would be larger than any memory"
    }
  }
}
