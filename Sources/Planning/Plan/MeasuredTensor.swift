package import GGUF

/// A tensor of the model to be planned, and what the types measured for it cost.
package struct MeasuredTensor: Sendable {
  /// The name of the tensor.
  package let name: String
  /// The shape of the tensor.
  package let shape: TensorShape
  /// The type it has in the source.
  package let type: TensorType
  /// The bytes that count against the budget if it keeps that type.
  package let bytes: Int
  /// The seconds of a generated token that it takes then; 0 where nobody asked.
  package let seconds: Double
  /// The types measured for it, none twice; may be empty where it keeps its type.
  package let candidates: [Candidate]

  /// Why it keeps its type although its kind and its shape allow others; nil where it need not.
  package let keepReason: String?

  /// A tensor with these types to choose from.
  package init(
    name: String, shape: TensorShape, type: TensorType, bytes: Int, seconds: Double = 0,
    candidates: [Candidate], keepReason: String? = nil
  ) {
    self.name = name
    self.shape = shape
    self.type = type
    self.bytes = bytes
    self.seconds = seconds
    self.candidates = candidates
    self.keepReason = keepReason
  }
}
