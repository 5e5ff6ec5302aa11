import GGUF

extension Plan {
  /// The plan of least predicted loss.
  ///
  /// - Throws: where a constraint cannot be kept, a cost is invalid, or a budget is too small.
  package static func optimal(for problem: PlanProblem) throws(PlanError) -> Plan {
    let decisions = try Decisions(of: problem)
    let references = decisions.references
    let solution = try decisions.solve(seeds: references.compactMap(\.selection))
    let candidates = decisions.candidates(of: solution.selection)
    let bytes = decisions.bytes(of: solution.selection)
    let plan = Plan(
      entries: zip(decisions.options, candidates).map(Entry.init), unit: problem.unit,
      pools: problem.pools.indices.map {
        Spending(problem.pools[$0], bytes: bytes[$0], marginalGain: solution.prices[$0])
      },
      loss: solution.loss,
      standardError: candidates.reduce(0) { $0 + $1.variance }.squareRoot(),
      lowerBound: solution.lowerBound, isOptimal: solution.isOptimal,
      baselines: references.map(\.baseline).sorted {
        ($0.bytes, $0.loss, $0.kind.name) < ($1.bytes, $1.loss, $1.kind.name)
      },
      moves: decisions.moves(to: solution.selection),
      prices: problem.prices(of: solution.loss),
      warnings: PlanWarning.about(
        problem.constraints, names: problem.tensors.map(\.name),
        movable: decisions.options.filter { !$0.isKept }.map(\.tensor.name)))
    plan.checkGuarantees()
    return plan
  }

  /// Stops the program where a plan breaks what every plan promises: better none than a wrong one.
  private func checkGuarantees() {
    precondition(pools.allSatisfy { $0.bytes <= $0.budget }, "a plan exceeds its budget")
    // The sums differ in their order, hence in their last digits.
    let most = baselines.filter { $0.fits && $0.isReachable }.map(\.loss).min() ?? .infinity
    precondition(loss <= most * (1 + 1e-12), "a plan is worse than a baseline")
  }
}

extension Plan.Entry {
  fileprivate init(_ options: TensorOptions, _ candidate: Candidate) {
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

extension Plan.Spending {
  fileprivate init(_ pool: Pool, bytes: Int, marginalGain: Double) {
    self.pool = pool.name
    budget = pool.budget
    self.bytes = bytes
    self.marginalGain = marginalGain
  }
}
