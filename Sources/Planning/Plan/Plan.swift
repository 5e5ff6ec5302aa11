package import GGUF
package import Statistics

/// The types chosen for all tensors of a model, what they are predicted to cost, and how good the
/// choice is known to be.
///
/// A plan takes no more bytes than its budgets and is never predicted worse than a single type or a
/// mix that fits.
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

  /// What a plan does with the memory of one pool.
  package struct Spending: Sendable, Equatable {
    /// The pool's name; nil where it is the only one.
    package let pool: String?
    /// The bytes that could be spent.
    package let budget: Int
    /// The bytes spent, those of no tensor included.
    package let bytes: Int
    /// The loss that a further byte of budget would save at the margin.
    package let marginalGain: Double
  }

  /// What a constraint costs: by how much the predicted loss would fall without it.
  package struct Price: Sendable, Equatable {
    /// The constraint, such as `pin ‘attn_v=q8_0’`.
    package let constraint: String
    /// The loss it costs; 0 where the best plan keeps it anyhow.
    package let loss: Double
  }

  /// The tensors in the order they were given.
  package let entries: [Entry]
  /// What losses are counted in.
  package let unit: LossUnit
  /// The pools in the order they were given.
  package let pools: [Spending]
  /// The predicted loss: the sum over the tensors.
  package let loss: Double
  /// The standard error of `loss`.
  package let standardError: Double
  /// No plan within the budgets and the constraints is predicted to lose less.
  package let lowerBound: Double
  /// Whether it is proved that no plan within the budgets and the constraints is better, to within
  /// `Allocation.tolerance`.
  package let isOptimal: Bool
  /// What simpler choices would give, by bytes.
  package let baselines: [Baseline]
  /// Where the plan departs from its skeleton, in the order of the tensors; empty without one.
  package let moves: [Move]
  /// What each pin, floor, ceiling and tie costs.
  package let prices: [Price]
  /// What is odd about the constraints.
  package let warnings: [PlanWarning]

  /// The bytes that could be spent in all pools.
  package var budget: Int { pools.reduce(0) { $0 + $1.budget } }
  /// The bytes spent in all pools, those of no tensor included.
  package var bytes: Int { pools.reduce(0) { $0 + $1.bytes } }
  /// How far `loss` may be above the optimum, as a share of it.
  package var gap: Double { loss > lowerBound ? (loss - lowerBound) / loss : 0 }
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
