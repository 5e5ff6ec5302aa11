package import GGUF

/// A finite weight that a type cannot hold: it would become NaN or infinite, or be cut off at the largest scale that
/// the type can store.
package struct UnrepresentableWeight: ClassifiedError, Equatable {
  package let tensor: String
  /// The row, counted over all slices.
  package let row: Int
  package let column: Int
  package let value: Float
  package let type: TensorType

  package var kind: ErrorKind { .nonFinite }

  package var description: String {
    "tensor \(tensor.escaped): the weight \(value) at row \(row), column \(column) is beyond what "
      + "\(type) can hold"
  }
}
