/// The best types where ties join tensors of several pools, so that one decision spends bytes of each.
///
/// Few ways to decide the ties are all tried. Many are searched: prices of bytes (Lagrange multipliers) say which
/// type serves a group best, the pools are solved beside those types, and say new prices. Then groups change their types
/// while that helps. A lower bound comes from the last prices: whatever a selection within the budgets takes is paid
/// for at them.
struct SpreadSearch {
  private let decisions: Decisions
  private let aim: Aim
  private let pools: PoolSearch
  /// The groups that lie in several pools.
  private let spread: [Int]

  /// How many ways to decide are all tried.
  private static let fewWays = 64
  /// How often prices may change.
  private static let mostRounds = 20
  /// How many changes are tried at last.
  private static let mostTrials = 2000
  /// How many states a pool may take while types of spread groups are still sought.
  private static let trialStates = 20_000

  init(_ decisions: Decisions, for aim: Aim) {
    self.decisions = decisions
    self.aim = aim
    pools = PoolSearch(decisions, for: aim)
    spread = decisions.groups.indices.filter { decisions.groups[$0].isSpread }
  }

  /// What was found.
  struct Solution {
    /// The candidate of each group.
    let selection: [Int]
    /// What they cost.
    let cost: Double
    /// No selection within the budgets costs less.
    let lowerBound: Double
    /// Whether none is better, to within `Allocation.tolerance`.
    let isOptimal: Bool
    /// What a further byte of each pool would save at the margin.
    let prices: [Double]
  }

  /// The selection of least cost. Throws where a budget is too small.
  ///
  /// - Parameters:
  ///   - seeds: selections known beforehand. Those that fit are never better.
  ///   - stateLimit: how many states each pool may take.
  func solve(seeds: [[Int]], stateLimit: Int) throws(PlanError) -> Solution {
    guard !spread.isEmpty else {
      let found = try pools.solve(seeds: seeds, stateLimit: stateLimit)
      return Solution(found, lowerBound: found.lowerBound, isOptimal: found.isOptimal)
    }
    let ways = spread.reduce(1) { ways, group in
      let (product, overflow) = ways.multipliedReportingOverflow(
        by: decisions.groups[group].choice.candidates.count)
      return overflow ? .max : product
    }
    return ways <= Self.fewWays
      ? try best(of: allWays, seeds: seeds, stateLimit: stateLimit)
      : try searched(seeds: seeds, stateLimit: stateLimit)
  }

  // MARK: All ways

  /// Every way to choose candidates of the spread groups.
  private var allWays: [[Int]] {
    spread.reduce([[]]) { ways, group in
      ways.flatMap { way in decisions.groups[group].choice.candidates.indices.map { way + [$0] } }
    }
  }

  private func best(
    of ways: [[Int]], seeds: [[Int]], stateLimit: Int
  ) throws(PlanError) -> Solution {
    var found: [PoolSearch.Solution] = []
    var problem: PlanError?
    for way in ways {
      do throws(PlanError) {
        let same = seeds.filter { seed in spread.map { seed[$0] } == way }
        found.append(try solve(way, seeds: same, stateLimit: stateLimit))
      } catch .infeasible(let pool, let budget, let feasible) {
        // Of the ways that do not fit, the smallest says the most.
        if case .infeasible(_, _, let least)? = problem, least.lowerBound <= feasible.lowerBound {
          continue
        }
        problem = .infeasible(pool: pool, budget: budget, feasible: feasible)
      }
    }
    guard let best = found.min(by: { $0.cost < $1.cost }) else { throw problem! }
    let bound = found.map(\.lowerBound).min()!
    return Solution(
      best, lowerBound: min(bound, best.cost),
      isOptimal: found.allSatisfy { $0.isOptimal || $0.lowerBound >= best.cost })
  }

  // MARK: Search

  private func searched(seeds: [[Int]], stateLimit: Int) throws(PlanError) -> Solution {
    var way = smallest
    var best = try solve(way, stateLimit: Self.trialStates)
    var prices = best.prices
    for _ in 0..<Self.mostRounds {
      let next = spread.map { cheapest($0, at: prices) }
      guard next != way else { break }
      guard let found = try trial(next) else {
        prices = prices.map { 2 * $0 }
        continue
      }
      if found.cost < best.cost { best = found }
      way = next
      prices = zip(prices, found.prices).map { ($0 + $1) / 2 }
    }
    for seed in seeds where decisions.fits(seed) {
      if let found = try trial(spread.map({ seed[$0] })), found.cost < best.cost { best = found }
    }
    best = try improved(best)
    let final = try solve(chosen(best), seeds: seeds + [best.selection], stateLimit: stateLimit)
    let bound = min(final.cost, lowerBound(at: final.prices))
    return Solution(
      final, lowerBound: bound, isOptimal: final.cost - bound <= Allocation.tolerance * bound)
  }

  /// A selection that is not made better by moving a spread group to its next larger or smaller type, nor by moving one up and
  /// another down, as far as `mostTrials` reach.
  private func improved(_ start: PoolSearch.Solution) throws(PlanError) -> PoolSearch.Solution {
    let ladders = spread.map { group in
      let candidates = decisions.groups[group].choice.candidates
      return candidates.indices.sorted {
        (candidates[$0].bytes, $0) < (candidates[$1].bytes, $1)
      }
    }
    var best = start
    var trials = 0
    search: while true {
      let way = chosen(best)
      for change in Self.changes(of: way, on: ladders) {
        guard trials < Self.mostTrials else { break search }
        trials += 1
        if let found = try trial(change), found.cost < best.cost * (1 - Allocation.tolerance) {
          best = found
          continue search
        }
      }
      return best
    }
    return best
  }

  /// The ways that differ from one by a step of a single group, and behind them those by a step up and one down.
  private static func changes(of way: [Int], on ladders: [[Int]]) -> some Sequence<[Int]> {
    func stepped(_ way: [Int], _ place: Int, by step: Int) -> [Int]? {
      let rung = ladders[place].firstIndex(of: way[place])! + step
      guard ladders[place].indices.contains(rung) else { return nil }
      var next = way
      next[place] = ladders[place][rung]
      return next
    }
    let single = way.indices.lazy.flatMap { place in
      [-1, 1].compactMap { stepped(way, place, by: $0) }
    }
    let pairs = way.indices.lazy.flatMap { up in
      way.indices.compactMap { down in
        up == down
          ? nil : stepped(way, up, by: 1).flatMap { stepped($0, down, by: -1) }
      }
    }
    return [AnySequence(single), AnySequence(pairs)].lazy.joined()
  }

  /// The pools beside a way to decide; nil where it does not fit.
  private func trial(_ way: [Int]) throws(PlanError) -> PoolSearch.Solution? {
    do throws(PlanError) {
      return try solve(way, stateLimit: Self.trialStates)
    } catch .infeasible {
      return nil
    }
  }

  private func solve(
    _ way: [Int], seeds: [[Int]] = [], stateLimit: Int
  ) throws(PlanError) -> PoolSearch.Solution {
    try pools.solve(
      beside: Dictionary(
        uniqueKeysWithValues: zip(spread, way).map { group, candidate in
          let cost = aim.cost(decisions.groups[group].choice.candidates[candidate])
          return (group, (candidate, cost))
        }), seeds: seeds, stateLimit: stateLimit)
  }

  private func chosen(_ solution: PoolSearch.Solution) -> [Int] {
    spread.map { solution.selection[$0] }
  }

  /// The smallest candidates of the spread groups.
  private var smallest: [Int] {
    spread.map { group in
      let candidates = decisions.groups[group].choice.candidates
      return candidates.indices.min {
        (candidates[$0].bytes, candidates[$0].loss) < (candidates[$1].bytes, candidates[$1].loss)
      }!
    }
  }

  /// The candidate of a group that costs least where its bytes cost too.
  private func cheapest(_ group: Int, at prices: [Double]) -> Int {
    let costs = pricedCosts(of: decisions.groups[group], at: prices)
    return costs.indices.min { costs[$0] < costs[$1] }!
  }

  /// What any selection within the budgets costs at least: the cheapest candidates, bytes paid for, less what the budgets
  /// are worth.
  private func lowerBound(at prices: [Double]) -> Double {
    let all = decisions.groups.reduce(0) { $0 + pricedCosts(of: $1, at: prices).min()! }
    return zip(decisions.problem.pools, prices).reduce(all) { sum, pool in
      sum - pool.1 * Double(pool.0.budget - pool.0.fixedBytes)
    }
  }

  /// What each candidate of a group costs with its bytes paid for.
  private func pricedCosts(of group: Decisions.Group, at prices: [Double]) -> [Double] {
    group.choice.candidates.enumerated().map { index, candidate in
      group.shares.reduce(aim.cost(candidate)) { $0 + prices[$1.pool] * Double($1.bytes[index]) }
    }
  }
}

extension SpreadSearch.Solution {
  fileprivate init(_ found: PoolSearch.Solution, lowerBound: Double, isOptimal: Bool) {
    self.init(
      selection: found.selection, cost: found.cost, lowerBound: lowerBound, isOptimal: isOptimal,
      prices: found.prices)
  }
}
