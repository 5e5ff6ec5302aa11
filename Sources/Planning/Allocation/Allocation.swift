/// Types chosen for all tensors: the least loss that fits a budget, as far as it is known.
///
/// The problem is the multiple-choice knapsack: take one candidate of each choice, such that their
/// bytes fit and the sum of their losses is least.
package struct Allocation: Sendable {
  /// Improvements by less than this share of the loss are not looked for. From 1e-12 to 1e-7 the search
  /// proves the same instances in the same time (`docs/constants.md`).
  package static let tolerance = 1e-9
  /// How many states the search makes before it settles for a gap: under half a second of work.
  /// An eighth as many prove 31 of 40 benchmark instances, this many and twice as many 32; the others
  /// are within 2e-5 of the optimum each time.
  package static let defaultStateLimit = 8_000_000

  /// The index of the candidate taken, for each choice in the order they were given.
  package let selection: [Int]
  /// The bytes of the candidates taken and the fixed bytes.
  package let bytes: Int
  /// The sum of the losses of the candidates taken.
  package let loss: Double
  /// The squared standard error of `loss`, errors of different choices being independent.
  package let variance: Double
  /// No allocation within the budget has a loss below this, to within `tolerance`: `loss` itself
  /// where it is proved, else what the relaxation and the search leave possible.
  package let lowerBound: Double
  /// The loss that a further byte would save at the margin of the linear relaxation; 0 where the
  /// budget holds the best candidates of all choices.
  package let marginalGain: Double
  /// Whether the search ended: no allocation is better by more than `tolerance`.
  package let isOptimal: Bool
  /// From the bytes of the smallest allocation to those of the least lossy one.
  package let feasible: ClosedRange<Int>

  /// How far the loss may be above the least one, as a share of it; 0 where it is proved.
  package var gap: Double { loss > lowerBound ? (loss - lowerBound) / loss : 0 }

  /// The allocation of least loss within `budget` bytes.
  ///
  /// The result does not depend on the order of `choices`, whose names should differ. The effort is
  /// bounded by a count, never by a clock, so the same input gives the same result everywhere.
  ///
  /// - Parameters:
  ///   - fixedBytes: bytes that count against the budget whatever is chosen; not negative.
  ///   - seeds: selections known beforehand. Those that fit are never better than the result.
  ///   - stateLimit: how many states of the search may be made.
  /// - Throws: where a choice has no candidates or invalid ones, and where the budget is too small.
  package static func optimal(
    of choices: [Choice], budget: Int, fixedBytes: Int = 0, seeds: [[Int]] = [],
    stateLimit: Int = defaultStateLimit
  ) throws(AllocationError) -> Allocation {
    let problem = try AllocationProblem(choices, budget: budget, fixedBytes: fixedBytes)
    let relaxation = Relaxation(of: problem)
    var best = relaxation.rounded
    for seed in seeds {
      let items = problem.items(atLeastAsGoodAs: seed, of: choices)
      if problem.units(of: items) <= problem.capacity,
        problem.loss(of: items) < problem.loss(of: best)
      {
        best = items
      }
    }
    let excess = max(0, problem.loss(of: best) - relaxation.bound)
    var search = DynamicProgram(
      problem, around: relaxation, best: excess, tolerance: tolerance * relaxation.bound)
    search.run(limit: stateLimit)
    if let changes = search.improvement {
      var items = relaxation.items
      for change in changes { items[change.itemClass] = change.item }
      // Summed anew, for the search knows losses only to within rounding.
      if problem.loss(of: items) < problem.loss(of: best) { best = items }
    }
    return Allocation(of: choices, items: best, problem, relaxation, search, fixedBytes)
  }

  private init(
    of choices: [Choice], items: [Int], _ problem: AllocationProblem, _ relaxation: Relaxation,
    _ search: DynamicProgram, _ fixedBytes: Int
  ) {
    selection = problem.selection(of: items)
    bytes = zip(choices, selection).reduce(fixedBytes) { $0 + $1.0.candidates[$1.1].bytes }
    variance = problem.variance(of: items, choices)
    loss = problem.loss(of: items)
    isOptimal = search.isComplete
    lowerBound = isOptimal ? loss : min(loss, relaxation.bound + search.floor)
    marginalGain = relaxation.price / Double(problem.unit)
    feasible = problem.feasible
  }
}
