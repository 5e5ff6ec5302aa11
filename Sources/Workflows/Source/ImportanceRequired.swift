package import GGUF

/// A type that makes no sense without importance, pinned to a tensor that has none.
package struct ImportanceRequired: ClassifiedError {
  package let tensor: String
  package let type: TensorType

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    "tensor \(tensor.escaped) cannot be \(type): the type needs importance, and the statistics have "
      + "none for it"
  }
}
