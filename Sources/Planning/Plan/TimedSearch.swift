/// The best types where a token may take but so long.
///
/// A price of time (a Lagrange multiplier) is sought at which the best selection just takes the time there is. Selections
/// that are best at some price lie on the lower convex hull of loss over time. The search walks along it, from both
/// ends, to the two that lie on either side of the limit (Dinkelbach's steps). The one within the limit is then filled up, and
/// the one beyond it cut down, by single changes; the better of both is taken. The line through the two says how much
/// better any selection could be.
struct TimedSearch {
  private let decisions: Decisions

  /// How many prices are tried.
  private static let mostPrices = 40
  /// How many states each pool may take at each of them: an eighth as many as at once prove nearly as many optima
  /// (`Allocation.defaultStateLimit`).
  private static let statesPerPrice = Allocation.defaultStateLimit / 8

  init(_ decisions: Decisions) { self.decisions = decisions }

  /// The selection of least loss, never worse than those of `seeds` that fit. Throws where a budget is too small, or no
  /// selection is as fast.
  func solve(seeds: [[Int]]) throws(PlanError) -> Decisions.Solution {
    let free = try solve(.loss(ofSecond: 0), seeds, Allocation.defaultStateLimit)
    guard decisions.seconds(of: free.selection) > decisions.mostSeconds else {
      return Decisions.Solution(
        selection: free.selection, loss: free.cost, lowerBound: free.lowerBound,
        isOptimal: free.isOptimal, prices: free.prices)
    }
    let walk = try walk(from: free, seeds)
    let fitting = seeds.filter(decisions.fits)
    let candidates = [filled(walk.fast), filled(cut(walk.slow))].compactMap { $0 } + fitting
    let best = candidates.min { decisions.loss(of: $0) < decisions.loss(of: $1) }!
    let loss = decisions.loss(of: best)
    let bound = min(loss, walk.lowerBound)
    return Decisions.Solution(
      selection: best, loss: loss, lowerBound: bound,
      isOptimal: loss - bound <= Allocation.tolerance * bound, prices: walk.prices)
  }

  private func solve(
    _ aim: Aim, _ seeds: [[Int]], _ stateLimit: Int = statesPerPrice
  ) throws(PlanError) -> SpreadSearch.Solution {
    try SpreadSearch(decisions, for: aim).solve(seeds: seeds, stateLimit: stateLimit)
  }

  // MARK: The walk

  private struct Walk {
    /// The best selection that is too slow by least.
    var slow: [Int]
    /// The best selection within the limit.
    var fast: [Int]
    var lowerBound: Double
    var prices: [Double]
  }

  private func walk(
    from free: SpreadSearch.Solution, _ seeds: [[Int]]
  ) throws(PlanError) -> Walk {
    let most = decisions.mostSeconds
    let fastest = try solve(.speed, [])
    guard fastest.cost <= most else {
      throw .tooSlow(asked: decisions.problem.timing?.minSpeed ?? 0, fastest: 1 / fastest.cost)
    }
    var walk = Walk(
      slow: free.selection, fast: fastest.selection, lowerBound: free.lowerBound,
      prices: free.prices)
    for _ in 0..<Self.mostPrices {
      let saved = decisions.seconds(of: walk.slow) - decisions.seconds(of: walk.fast)
      let price = (decisions.loss(of: walk.fast) - decisions.loss(of: walk.slow)) / saved
      guard price > 0, price.isFinite else { break }
      let next = try solve(.loss(ofSecond: price), seeds)
      walk.lowerBound = max(walk.lowerBound, next.lowerBound - price * most)
      walk.prices = next.prices
      let line = decisions.loss(of: walk.slow) + price * decisions.seconds(of: walk.slow)
      guard next.cost < line * (1 - Allocation.tolerance) else { break }
      if decisions.seconds(of: next.selection) <= most {
        walk.fast = next.selection
      } else {
        walk.slow = next.selection
      }
    }
    return walk
  }

  // MARK: Single changes

  /// A change of one group.
  private struct Change {
    let group: Int
    let candidate: Int
    /// How good it is; the largest is taken.
    let gain: Double
  }

  /// A selection that fits, after all single changes that lower the loss and fit.
  private func filled(_ selection: [Int]?) -> [Int]? {
    guard var selection else { return nil }
    while let change = bestChange(
      of: selection,
      { now, other, seconds in
        other.loss < now.loss && seconds <= decisions.mostSeconds ? now.loss - other.loss : nil
      })
    {
      selection[change.group] = change.candidate
    }
    return selection
  }

  /// A selection that is too slow, after single changes, the least lossy for the time they save, until it fits; nil
  /// where they do not lead there.
  private func cut(_ selection: [Int]) -> [Int]? {
    var selection = selection
    while decisions.seconds(of: selection) > decisions.mostSeconds {
      guard
        let change = bestChange(
          of: selection,
          { now, other, _ in
            let saved = now.seconds - other.seconds
            return saved > 0 ? (now.loss - other.loss) / saved : nil
          })
      else { return nil }
      selection[change.group] = change.candidate
    }
    return selection
  }

  /// The single change that is worth most and fits the pools; nil where none does.
  ///
  /// - Parameter worth: what a candidate is worth in place of another, which makes a token take so many seconds; nil
  ///   for nothing.
  private func bestChange(
    of selection: [Int], _ worth: (_ now: Candidate, _ other: Candidate, Double) -> Double?
  ) -> Change? {
    let bytes = decisions.bytes(of: selection)
    let seconds = decisions.seconds(of: selection)
    var best: Change?
    for (number, group) in decisions.groups.enumerated() {
      let now = group.choice.candidates[selection[number]]
      for (index, other) in group.choice.candidates.enumerated() where index != selection[number] {
        guard let gain = worth(now, other, seconds - now.seconds + other.seconds),
          gain > best?.gain ?? -.infinity
        else { continue }
        let fits = group.shares.allSatisfy { share in
          bytes[share.pool] - share.bytes[selection[number]] + share.bytes[index]
            <= decisions.problem.pools[share.pool].budget
        }
        if fits { best = Change(group: number, candidate: index, gain: gain) }
      }
    }
    return best
  }
}
