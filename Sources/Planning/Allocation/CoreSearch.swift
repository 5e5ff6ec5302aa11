/// Dynamic programming over the core, one group at a time.
///
/// A state is a set of moves, known by the units and the reduced cost it adds. Of two states the
/// one that takes no more units and loses no more rules the other out; and a state that cannot
/// come closer to the bound than the best allocation known is dropped (after Pisinger, *A minimal
/// algorithm for the multiple-choice knapsack problem*, European Journal of Operational Research
/// 83, 1995). When none remains, the best one is proved to be optimal.
struct CoreSearch {
  private struct State {
    let units: Int
    let cost: Double
    /// The last step towards it, or -1.
    let trail: Int
  }

  private struct Step {
    let previous: Int
    let menu: Int
    let level: Int
  }

  private let core: Core
  private let price: Double
  private let slack: Int
  /// An improvement by less is not looked for.
  private let tolerance: Double
  private var steps: [Step] = []
  /// How far above the relaxation's bound the best allocation known is.
  private var best: Double
  private var bestTrail: Int?
  private var made = 0

  /// A search for allocations closer to the bound than `best`, by more than `tolerance`.
  init(
    _ problem: AllocationProblem, around relaxation: Relaxation, best: Double, tolerance: Double
  ) {
    core = Core(of: problem, around: relaxation, below: best - tolerance)
    price = relaxation.price
    slack = relaxation.slack
    self.best = best
    self.tolerance = tolerance
  }

  /// Searches until nothing is left, which returns true, or `limit` states have been made.
  mutating func run(limit: Int) -> Bool {
    var states = [State(units: 0, cost: 0, trail: -1)]
    for (index, group) in core.groups.enumerated() where !states.isEmpty {
      made += states.count * (group.moves.count + 1)
      guard made <= limit else { return false }
      states = expand(states, by: group, outlook: core.outlooks[index + 1])
    }
    return true
  }

  /// The best allocation found as changes to the relaxation's levels, or nil where none was.
  var improvement: [(menu: Int, level: Int)]? {
    guard var trail = bestTrail else { return nil }
    var changes: [(menu: Int, level: Int)] = []
    while trail >= 0 {
      changes.append((steps[trail].menu, steps[trail].level))
      trail = steps[trail].previous
    }
    return changes
  }

  /// Each state with each move of the group and with none, by units; only those worth keeping.
  private mutating func expand(
    _ states: [State], by group: Core.Group, outlook: Core.Outlook
  ) -> [State] {
    var result = states.filter { canImprove($0.units, $0.cost, outlook) }
    for move in group.moves where move.cost < best - tolerance {
      var moved: [State] = []
      for state in states {
        let units = state.units + move.units
        let cost = state.cost + move.cost
        let total = cost + price * Double(slack - units)
        let isBest = units <= slack && total < best
        guard isBest || canImprove(units, cost, outlook) else { continue }
        steps.append(Step(previous: state.trail, menu: group.menu, level: move.level))
        if isBest { (best, bestTrail) = (total, steps.count - 1) }
        moved.append(State(units: units, cost: cost, trail: steps.count - 1))
      }
      result = merge(result, moved)
    }
    return result
  }

  /// Whether further moves out of `outlook` could make this a better allocation than the best.
  ///
  /// Units in excess must be freed at that outlook's rate or a higher one; units left over are lost
  /// at the price or taken at its rate; and any move costs at least its cheapest.
  private func canImprove(_ units: Int, _ cost: Double, _ outlook: Core.Outlook) -> Bool {
    let left = slack - units
    let rate = left < 0 ? outlook.free : min(price, outlook.take)
    let further = left == 0 ? 0 : rate * Double(abs(left))
    return cost + max(outlook.cheapest, further) < best - tolerance
  }

  /// Both lists as one by units, without states that another one rules out.
  private func merge(_ a: [State], _ b: [State]) -> [State] {
    if b.isEmpty { return a }
    var merged: [State] = []
    merged.reserveCapacity(a.count + b.count)
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      let isFromA =
        j == b.count || (i < a.count && (a[i].units, a[i].cost) <= (b[j].units, b[j].cost))
      let state = isFromA ? a[i] : b[j]
      if isFromA { i += 1 } else { j += 1 }
      // Losses fall along the list, so the last state rules out whatever any of them does.
      if let last = merged.last,
        last.cost + price * Double(state.units - last.units) <= state.cost
      {
        continue
      }
      merged.append(state)
    }
    return merged
  }
}
