/// Dynamic programming over the core, one group at a time.
///
/// A state is a set of moves, known by the units and the reduced cost it adds. Of two states the
/// one that takes no more units and loses no more rules the other out; and a state that cannot
/// come closer to the bound than the best allocation known is dropped (after Pisinger, *A minimal
/// algorithm for the multiple-choice knapsack problem*, European Journal of Operational Research
/// 83, 1995). When none remains, the best one is proved to be optimal.
///
/// A pass that would keep too many states gives up the least promising ones, and remembers what the
/// best of these could have become: no allocation is closer to the bound than that.
struct CoreSearch {
  /// A move on the way to a state.
  private struct Step {
    let previous: Int32
    let menu: Int32
    let level: Int32
  }

  /// The best allocation found, or nil where there was none better than the one known before.
  private(set) var improvement: [(menu: Int, level: Int)]?
  /// How far above the relaxation's bound the best allocation known is.
  private(set) var best: Double
  /// No allocation is closer to the bound than this, or than `best`.
  private(set) var floor = 0.0
  /// How many states have been made.
  private var made = 0

  private let problem: AllocationProblem
  private let relaxation: Relaxation
  private let price: Double
  private let slack: Int
  /// An improvement by less is not looked for.
  private let tolerance: Double
  /// The steps of a pass, each after the one it follows.
  private var steps: [Step] = []
  /// The last step towards the best allocation of a pass, or nil where it has found none.
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

  /// Searches in ever wider passes until nothing is left, or `limit` states have been made. Each
  /// begins with the best allocation of those before, hence with a smaller core.
  mutating func run(limit: Int) {
    var width = 250
    while !isComplete && made < limit {
      pass(width: width, limit: limit)
      width *= 8
    }
  }

  /// A pass over the core that keeps `width` states at most, and ends when `limit` have been made
  /// in all passes together.
  private mutating func pass(width: Int, limit: Int) {
    let core = Core(of: problem, around: relaxation, below: best - tolerance)
    var states = [CoreState(units: 0, cost: 0, trail: -1)]
    var reached = Double.infinity
    steps = []
    bestTrail = nil
    for (index, group) in core.groups.enumerated() where !states.isEmpty {
      let outlook = core.outlook(from: index + 1, below: best)
      made += states.count * (group.moves.count + 1)
      states = expand(states, by: group, outlook: outlook)
      reached = min(reached, thin(&states, to: made > limit ? 0 : width, outlook: outlook))
    }
    floor = max(floor, min(reached, best))
    if let bestTrail { improvement = moves(along: bestTrail) }
  }

  /// The moves of a state, from the last step towards it.
  private func moves(along trail: Int32) -> [(menu: Int, level: Int)] {
    var trail = trail
    var moves: [(menu: Int, level: Int)] = []
    while trail >= 0 {
      let step = steps[Int(trail)]
      moves.append((Int(step.menu), Int(step.level)))
      trail = step.previous
    }
    return moves
  }

  /// Each state with each move of the group and with none, by units; only those worth keeping.
  private mutating func expand(
    _ states: [CoreState], by group: Core.Group, outlook: Outlook
  ) -> [CoreState] {
    var cursor = Outlook.Cursor(outlook)
    var result = states.filter {
      $0.cost + cursor.cost(filling: slack - $0.units) < best - tolerance
    }
    for move in group.moves where move.cost < best - tolerance {
      var moved: [CoreState] = []
      cursor = Outlook.Cursor(outlook)
      for state in states {
        let units = state.units + move.units
        let cost = state.cost + move.cost
        let total = cost + price * Double(slack - units)
        let isBest = units <= slack && total < best
        guard isBest || cost + cursor.cost(filling: slack - units) < best - tolerance else {
          continue
        }
        let trail = Int32(steps.count)
        steps.append(
          Step(previous: state.trail, menu: Int32(group.menu), level: Int32(move.level)))
        if isBest { (best, bestTrail) = (total, trail) }
        moved.append(CoreState(units: units, cost: cost, trail: trail))
      }
      result = result.merged(with: moved, price: price)
    }
    return result
  }

  /// Leaves the `width` states of least potential, and returns the least of the others.
  private func thin(_ states: inout [CoreState], to width: Int, outlook: Outlook) -> Double {
    guard states.count > width else { return .infinity }
    var cursor = Outlook.Cursor(outlook)
    let potentials = states.map { $0.cost + cursor.cost(filling: slack - $0.units) }
    let threshold = potentials.value(ranked: width)
    var given = Double.infinity
    var kept: [CoreState] = []
    for (state, potential) in zip(states, potentials) {
      if potential < threshold { kept.append(state) } else { given = min(given, potential) }
    }
    states = kept
    return given
  }
}
