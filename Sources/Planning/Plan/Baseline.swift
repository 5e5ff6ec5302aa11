package import GGUF

/// What one type for all tensors would give: what a plan has to beat.
///
/// Kept tensors stay as they are and pins hold; every other tensor has the type.
package struct Baseline: Sendable, Equatable {
  /// The type.
  package let type: TensorType
  /// The bytes that count against the budget.
  package let bytes: Int
  /// The predicted loss.
  package let loss: Double
  /// The standard error of `loss`.
  package let standardError: Double
  /// Whether it is within the plan's budget.
  package let fits: Bool
}
