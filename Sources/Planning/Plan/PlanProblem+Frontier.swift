extension PlanProblem {
  /// The best plans of all sizes between two budgets, of the first pool alone: the frontier, the
  /// decisions that it is of, and simpler choices to compare it with.
  ///
  /// - Throws: where a constraint cannot be kept, a cost is invalid, or the larger budget is too small.
  package func frontier(
    within budgets: ClosedRange<Int>
  ) throws(PlanError) -> (frontier: Frontier, choices: [Choice], baselines: [Baseline]) {
    let decisions = try Decisions(of: self)
    let choices = decisions.groups.map(\.choice)
    let baselines = decisions.references.map(\.baseline)
    do throws(AllocationError) {
      let frontier = try Frontier(
        of: choices, fixedBytes: pools[0].fixedBytes, budgets: budgets)
      return (frontier, choices, baselines)
    } catch .infeasible(let budget, let feasible) {
      throw .infeasible(pool: pools[0].name, budget: budget, feasible: feasible)
    } catch {
      throw .allocation(error)
    }
  }
}
