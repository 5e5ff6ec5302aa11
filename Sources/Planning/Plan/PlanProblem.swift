package import GGUF
package import Statistics

/// What a plan has to solve: tensors with what types would cost them, budgets, and what to respect.
package struct PlanProblem: Sendable {
  /// All tensors of the model, with differing names.
  package var tensors: [MeasuredTensor]
  /// What the plan has to respect.
  package var constraints: Constraints
  /// The memory to fill. A tensor goes to the first whose pattern matches; one without a pattern takes all that
  /// is left.
  package var pools: [Pool]
  /// How long tensors take for a token; nil where nobody asked.
  package var timing: TokenTiming?
  /// What the losses of the candidates are counted in.
  package var unit: LossUnit
  /// The mix to start from.
  package var skeleton: Mix?
  /// How many steps of its ladder of types a tensor may go away from the skeleton; nil: any number.
  package var maxMoves: Int?
  /// Mixes to compare the plan with.
  package var references: [Mix]

  /// A problem; by default with one pool for all, no constraints and no skeleton.
  package init(
    tensors: [MeasuredTensor], constraints: Constraints = Constraints(), pools: [Pool],
    timing: TokenTiming? = nil, unit: LossUnit, skeleton: Mix? = nil,
    maxMoves: Int? = nil, references: [Mix] = []
  ) {
    self.tensors = tensors
    self.constraints = constraints
    self.pools = pools
    self.timing = timing
    self.unit = unit
    self.skeleton = skeleton
    self.maxMoves = maxMoves
    self.references = references
  }

  /// This problem with one pool of the given budget.
  package init(
    tensors: [MeasuredTensor], constraints: Constraints = Constraints(), budget: Int,
    fixedBytes: Int = 0, unit: LossUnit
  ) {
    self.init(
      tensors: tensors, constraints: constraints,
      pools: [Pool(budget: budget, fixedBytes: fixedBytes)], unit: unit)
  }
}

/// The types that a named mix gives the tensors of a model.
package struct Mix: Sendable {
  /// The name, such as `IQ4_KSS`.
  package let name: String
  /// By tensor; a tensor that is not listed keeps its type.
  package let types: [String: TensorType]

  /// The mix of these types.
  package init(name: String, types: [String: TensorType]) {
    self.name = name
    self.types = types
  }

  /// The bytes that tensors take under the mix, as far as their types were measured; a type that was
  /// not counts as the one that the tensor has.
  package func bytes(of tensors: [MeasuredTensor]) -> Int {
    tensors.reduce(0) { sum, tensor in
      let type = types[tensor.name] ?? tensor.type
      return sum + (tensor.candidates.first { $0.type == type }?.bytes ?? tensor.bytes)
    }
  }
}
