import GGUF
package import Measurement

extension Plan {
  /// The plan of least predicted loss for `tensors` within `budget` bytes.
  ///
  /// - Parameters:
  ///   - tensors: all tensors of the model, with differing names.
  ///   - constraints: what the plan has to respect.
  ///   - budget: the bytes to spend.
  ///   - fixedBytes: bytes that count against the budget whatever is chosen, such as metadata.
  ///   - unit: what the losses of the candidates are counted in.
  /// - Throws: where a constraint cannot be kept, a cost is invalid, or the budget is too small.
  package static func optimal(
    for tensors: [MeasuredTensor], under constraints: Constraints = Constraints(), budget: Int,
    fixedBytes: Int = 0, unit: LossUnit
  ) throws(PlanError) -> Plan {
    var options: [TensorOptions] = []
    for tensor in tensors { options.append(try TensorOptions(of: tensor, under: constraints)) }
    let singles = singleTypes(of: options)
    let allocation: Allocation
    do throws(AllocationError) {
      allocation = try Allocation.optimal(
        of: options.map { Choice(names: [$0.tensor.name], candidates: $0.candidates) },
        budget: budget, fixedBytes: fixedBytes, seeds: singles.map(\.selection))
    } catch {
      throw .allocation(error)
    }
    let baselines = singles.map { single in
      Baseline(single.type, options, single.selection, budget: budget, fixedBytes: fixedBytes)
    }
    let plan = Plan(
      entries: zip(options, allocation.selection).map(Entry.init), unit: unit, budget: budget,
      bytes: allocation.bytes, loss: allocation.loss,
      standardError: allocation.variance.squareRoot(), lowerBound: allocation.lowerBound,
      gap: allocation.gap, isOptimal: allocation.isOptimal, marginalGain: allocation.marginalGain,
      feasible: allocation.feasible,
      baselines: baselines.sorted { ($0.bytes, $0.type.id) < ($1.bytes, $1.type.id) },
      warnings: PlanWarning.about(
        constraints, names: tensors.map(\.name),
        movable: options.filter { !$0.isKept }.map(\.tensor.name)))
    plan.checkGuarantees()
    return plan
  }

  /// Stops the program where a plan breaks what every plan promises: better none than a wrong one.
  private func checkGuarantees() {
    precondition(bytes <= budget, "a plan exceeds its budget")
    // The sums differ in their order, hence in their last digits.
    let most = baselines.filter(\.fits).map(\.loss).min() ?? .infinity
    precondition(loss <= most * (1 + 1e-12), "a plan is worse than a single type")
  }

  /// The types that every movable tensor allows, each with the index of its candidate per tensor.
  private static func singleTypes(
    of options: [TensorOptions]
  ) -> [(type: TensorType, selection: [Int])] {
    guard let first = options.first(where: \.isMovable) else { return [] }
    return first.candidates.compactMap { candidate in
      var selection: [Int] = []
      for option in options {
        // A tensor that is not movable has a single candidate.
        let place =
          option.isMovable
          ? option.candidates.firstIndex { $0.type == candidate.type } : 0
        guard let place else { return nil }
        selection.append(place)
      }
      return (candidate.type, selection)
    }
  }
}

extension Plan.Entry {
  fileprivate init(_ options: TensorOptions, _ selected: Int) {
    let candidate = options.candidates[selected]
    name = options.tensor.name
    type = candidate.type
    bytes = candidate.bytes
    loss = candidate.loss
    standardError = candidate.variance.squareRoot()
    reason =
      options.reason
      ?? .chosen(next: PlanReason.Upgrade(from: candidate, among: options.candidates))
  }
}

extension Baseline {
  fileprivate init(
    _ type: TensorType, _ options: [TensorOptions], _ selection: [Int], budget: Int, fixedBytes: Int
  ) {
    let candidates = zip(options, selection).map { $0.candidates[$1] }
    self.type = type
    bytes = candidates.reduce(fixedBytes) { $0 + $1.bytes }
    loss = candidates.reduce(0) { $0 + $1.loss }
    standardError = candidates.reduce(0) { $0 + $1.variance }.squareRoot()
    fits = bytes <= budget
  }
}
