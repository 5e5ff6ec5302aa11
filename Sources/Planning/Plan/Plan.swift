package import GGUF
package import Measurement

/// The types chosen for all tensors of a model, what they are predicted to cost, and how good the
/// choice is known to be.
///
/// A plan takes no more bytes than its budget and is never predicted worse than any single type
/// that fits.
package struct Plan: Sendable {
  /// One tensor of a plan.
  package struct Entry: Sendable {
    /// The tensor's name.
    package let name: String
    /// The type it gets.
    package let type: TensorType
    /// The bytes that count against the budget.
    package let bytes: Int
    /// The predicted loss; 0 for a tensor that keeps its type.
    package let loss: Double
    /// The standard error of `loss`.
    package let standardError: Double
    /// Why it has this type.
    package let reason: PlanReason
  }

  /// The tensors in the order they were given.
  package let entries: [Entry]
  /// What losses are counted in.
  package let unit: LossUnit
  /// The bytes that could be spent.
  package let budget: Int
  /// The bytes spent, those of no tensor included.
  package let bytes: Int
  /// The predicted loss: the sum over the tensors.
  package let loss: Double
  /// The standard error of `loss`.
  package let standardError: Double
  /// No plan within the budget and the constraints is predicted to lose less.
  package let lowerBound: Double
  /// How far `loss` may be above the optimum, as a share of it.
  package let gap: Double
  /// Whether it is proved that no plan within the budget and the constraints is better, to within
  /// `Allocation.tolerance`.
  package let isOptimal: Bool
  /// The loss that a further byte of budget would save at the margin.
  package let marginalGain: Double
  /// From the bytes of the smallest plan to those of the best one.
  package let feasible: ClosedRange<Int>
  /// The single types that all movable tensors allow, by bytes.
  package let baselines: [Baseline]
  /// What is odd about the constraints.
  package let warnings: [PlanWarning]
}

extension Plan {
  /// The plan as a recipe. Tensors that keep their type by nature have no rule: no tool would
  /// quantize them.
  ///
  /// The rules are read back as both programs would, ik_llama.cpp and, where it loads all types,
  /// llama.cpp. Throws what either would read differently; names of tensors must differ.
  package func recipe(
    provenance: Provenance = Provenance()
  ) throws(RecipeMismatch) -> Recipe {
    let types = entries.map { entry in
      if case .kept = entry.reason { return (name: entry.name, type: TensorType?.none) }
      return (name: entry.name, type: entry.type)
    }
    let written = types.compactMap { tensor in tensor.type.map { (name: tensor.name, type: $0) } }
    let recipe = Recipe(assigning: written, provenance: provenance)
    for runtime in Runtime.allCases where written.allSatisfy({ runtime.loads($0.type) }) {
      try recipe.check(types, readBy: runtime)
    }
    return recipe
  }
}
