package import GGUF

/// What a simpler choice would give: one type for all tensors, or a mix. What a plan has to beat.
///
/// Kept tensors stay as they are and pins hold.
package struct Baseline: Sendable, Equatable {
  /// A choice that needs no plan.
  package enum Kind: Sendable, Equatable {
    /// One type everywhere.
    case type(TensorType)
    /// A mix of this name.
    case mix(String)

    /// The type as ggml spells it, or the name of the mix.
    package var name: String {
      switch self {
      case .type(let type): type.name
      case .mix(let name): name
      }
    }
  }

  /// What it is.
  package let kind: Kind
  /// The bytes that count against the budgets.
  package let bytes: Int
  /// The predicted loss.
  package let loss: Double
  /// The standard error of `loss`.
  package let standardError: Double
  /// Whether it is within every budget of the plan.
  package let fits: Bool
  /// Whether the plan could be this: it keeps to the ties and to the steps from the skeleton.
  package let isReachable: Bool
}
