package import GGUF

/// One type that a tensor, or a group of tensors, may take, and what that costs.
package struct Candidate: Sendable, Equatable {
  /// The type.
  package let type: TensorType
  /// The bytes that count against the budget.
  package let bytes: Int
  /// The predicted loss, in the plan's unit.
  package let loss: Double
  /// The squared standard error of `loss`.
  package let variance: Double
  /// The seconds of a generated token that it takes; 0 where nobody asked.
  package var seconds: Double

  /// A candidate of this type and cost.
  package init(
    type: TensorType, bytes: Int, loss: Double, variance: Double = 0, seconds: Double = 0
  ) {
    self.type = type
    self.bytes = bytes
    self.loss = loss
    self.variance = variance
    self.seconds = seconds
  }
}
