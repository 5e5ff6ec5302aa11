/// Dynamic programming over the reduced problem, one class at a time.
///
/// A partial solution is a set of exchanges, known by the units and the reduced cost it adds. Where one
/// takes no more units and loses no more than another, it dominates the other; and a partial solution
/// that cannot come closer to the bound than the best allocation known is dropped (after Pisinger, *A
/// minimal algorithm for the multiple-choice knapsack problem*, European Journal of Operational
/// Research 83, 1995). When none remains, the best allocation is proved to be optimal.
///
/// A pass that would keep too many gives up the least promising ones, and remembers what the best of
/// these could have become: no allocation is closer to the bound than that.
struct DynamicProgram {
  /// An exchange on the way to a partial solution.
  private struct Decision {
    let previous: Int32
    let itemClass: Int32
    let item: Int32
  }

  /// The best allocation found, as exchanges against the relaxation, or nil where there was none better
  /// than the one known before.
  private(set) var improvement: [(itemClass: Int, item: Int)]?
  /// How far above the relaxation's bound the best allocation known is.
  private(set) var best: Double
  /// No allocation is closer to the bound than this, or than `best`.
  private(set) var floor = 0.0
  /// How many partial solutions have been made.
  private var made = 0

  private let problem: AllocationProblem
  private let relaxation: Relaxation
  private let price: Double
  private let slack: Int
  /// An improvement by less is not looked for.
  private let tolerance: Double
  /// The decisions of a pass, each after the one it follows.
  private var decisions: [Decision] = []
  /// The last decision towards the best allocation of a pass, or nil where it has found none.
  private var bestTrail: Int32?

  /// A search for allocations closer to the bound than `best`, by more than `tolerance`.
  init(
    _ problem: AllocationProblem, around relaxation: Relaxation, best: Double, tolerance: Double
  ) {
    self.problem = problem
    self.relaxation = relaxation
    price = relaxation.price
    slack = relaxation.slack
    self.best = best
    self.tolerance = tolerance
  }

  /// Whether no allocation is better than the best one by more than the tolerance.
  var isComplete: Bool { floor >= best - tolerance }

  /// Searches in ever wider passes until nothing is left, or `limit` partial solutions have been made.
  /// Each pass begins with the best allocation of those before, hence with a smaller reduced problem.
  ///
  /// Widths hardly matter (`docs/constants.md`): first passes of 60 to 4,000, and factors from 2 to 16,
  /// prove the same benchmark instances in 0.8 to 1.1 of the time.
  mutating func run(limit: Int) {
    var width = 250
    while !isComplete && made < limit {
      pass(width: width, limit: limit)
      width *= 8
    }
  }

  /// A pass over the classes that keeps `width` partial solutions at most, and ends when `limit` have
  /// been made in all passes together.
  private mutating func pass(width: Int, limit: Int) {
    let reduced = ReducedProblem(of: problem, around: relaxation, below: best - tolerance)
    var partial = [PartialSolution(units: 0, cost: 0, trail: -1)]
    var reached = Double.infinity
    decisions = []
    bestTrail = nil
    for (number, each) in reduced.classes.enumerated() where !partial.isEmpty {
      let bound = reduced.completionBound(from: number + 1, below: best)
      made += partial.count * (each.exchanges.count + 1)
      partial = expand(partial, by: each, bound)
      reached = min(reached, thin(&partial, to: made > limit ? 0 : width, bound))
    }
    floor = max(floor, min(reached, best))
    if let bestTrail { improvement = exchanges(along: bestTrail) }
  }

  /// The exchanges of a partial solution, from the last decision towards it.
  private func exchanges(along trail: Int32) -> [(itemClass: Int, item: Int)] {
    var trail = trail
    var exchanges: [(itemClass: Int, item: Int)] = []
    while trail >= 0 {
      let decision = decisions[Int(trail)]
      exchanges.append((Int(decision.itemClass), Int(decision.item)))
      trail = decision.previous
    }
    return exchanges
  }

  /// Each partial solution with each exchange of the class and with none, by units; only those worth
  /// keeping.
  private mutating func expand(
    _ partial: [PartialSolution], by each: ReducedProblem.ExchangeClass, _ bound: CompletionBound
  ) -> [PartialSolution] {
    var walk = CompletionBound.Walk(bound)
    var result = partial.filter {
      $0.cost + walk.cost(filling: slack - $0.units) < best - tolerance
    }
    for exchange in each.exchanges where exchange.cost < best - tolerance {
      var extended: [PartialSolution] = []
      walk = CompletionBound.Walk(bound)
      for base in partial {
        let units = base.units + exchange.units
        let cost = base.cost + exchange.cost
        let total = cost + price * Double(slack - units)
        let isBest = units <= slack && total < best
        guard isBest || cost + walk.cost(filling: slack - units) < best - tolerance else {
          continue
        }
        let trail = Int32(decisions.count)
        decisions.append(
          Decision(
            previous: base.trail, itemClass: Int32(each.itemClass), item: Int32(exchange.item)))
        if isBest { (best, bestTrail) = (total, trail) }
        extended.append(PartialSolution(units: units, cost: cost, trail: trail))
      }
      result = result.merged(with: extended, price: price)
    }
    return result
  }

  /// Leaves the `width` partial solutions that promise most, and returns the least that any of the
  /// others could have come to.
  private func thin(
    _ partial: inout [PartialSolution], to width: Int, _ bound: CompletionBound
  ) -> Double {
    guard partial.count > width else { return .infinity }
    var walk = CompletionBound.Walk(bound)
    let potentials = partial.map { $0.cost + walk.cost(filling: slack - $0.units) }
    let threshold = potentials.value(ranked: width)
    var given = Double.infinity
    var kept: [PartialSolution] = []
    for (each, potential) in zip(partial, potentials) {
      if potential < threshold { kept.append(each) } else { given = min(given, potential) }
    }
    partial = kept
    return given
  }
}
