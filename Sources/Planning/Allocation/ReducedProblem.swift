/// The problem after reduction: the exchanges, of one item for another, that could be part of a better
/// allocation than the best one known.
///
/// At the relaxation's price every item has a reduced cost: the loss it adds to the relaxation's item,
/// net of what the bytes it takes or frees are worth. An allocation loses exactly
///
///     bound + Σ reduced costs of its exchanges + price × units left over
///
/// so an exchange whose reduced cost alone exceeds the distance from the bound to a known allocation
/// is in no better one. What remains, the *core*, is most often small: tens of classes out of hundreds.
struct ReducedProblem {
  /// One item of a class in place of the relaxation's.
  struct Exchange {
    /// The index of the item.
    let item: Int
    /// The units it takes, or frees where negative.
    let units: Int
    /// The reduced cost; not negative.
    let cost: Double
  }

  /// A class with the exchanges that are left to it.
  struct ExchangeClass {
    /// The index of the class in the problem.
    let itemClass: Int
    let exchanges: [Exchange]
    /// The least reduced cost of the exchanges.
    let cheapest: Double
    /// The least reduced cost of the exchanges per unit taken or freed.
    let rate: Double

    init(itemClass: Int, exchanges: [Exchange]) {
      self.itemClass = itemClass
      self.exchanges = exchanges
      cheapest = exchanges.map(\.cost).min() ?? .infinity
      rate = exchanges.map { $0.cost / Double(abs($0.units)) }.min() ?? .infinity
    }
  }

  /// Units that a class can take, or free, at one rate: an edge of the lower convex hull of its
  /// exchanges' costs over their units.
  struct HullEdge {
    /// The number of the class in `classes`.
    let number: Int
    let units: Double
    /// The reduced cost per unit.
    let rate: Double
  }

  /// In the order in which the dynamic program decides them: by rising least rate.
  ///
  /// A class of low rate shifts many units for little, so it decides how far the budget is filled.
  /// Once such classes are decided, only exchanges of high rate can correct the rest, the bound on
  /// completions rises, and most partial solutions are dropped early. Among equal rates the classes
  /// next to the split class come first: one neighbour can free bytes, the other can take them.
  let classes: [ExchangeClass]
  /// At `i`: the least reduced cost of any exchange of the last `i` classes.
  private let cheapest: [Double]
  /// The hull edges on which units are taken, by rising rate.
  private let takes: [HullEdge]
  /// The hull edges on which units are freed, by rising rate.
  private let frees: [HullEdge]
  /// What a unit left over costs.
  private let price: Double

  /// The exchanges whose reduced cost is below `limit`.
  init(of problem: AllocationProblem, around relaxation: Relaxation, below limit: Double) {
    classes = problem.classes.enumerated().compactMap { index, itemClass in
      let base = itemClass.items[relaxation.items[index]]
      let exchanges = itemClass.items.enumerated().compactMap { number, item -> Exchange? in
        let units = item.units - base.units
        // Not negative but for rounding: the base is the cheapest item at this price.
        let cost = max(0, item.loss - base.loss + relaxation.price * Double(units))
        return units != 0 && cost < limit ? Exchange(item: number, units: units, cost: cost) : nil
      }
      return exchanges.isEmpty ? nil : ExchangeClass(itemClass: index, exchanges: exchanges)
    }
    .sorted {
      let (a, b) = (
        abs($0.itemClass - relaxation.splitClass), abs($1.itemClass - relaxation.splitClass)
      )
      return ($0.rate, a, $0.itemClass) < ($1.rate, b, $1.itemClass)
    }
    var least = Double.infinity
    cheapest =
      [.infinity]
      + classes.reversed().map { each in
        least = min(least, each.cheapest)
        return least
      }
    takes = Self.edges(of: classes) { $0.units > 0 }
    frees = Self.edges(of: classes) { $0.units < 0 }
    price = relaxation.price
  }

  /// The bound on completing a partial solution by exchanges of the classes from number `index` on, as
  /// far as it is below `limit`.
  func completionBound(from index: Int, below limit: Double) -> CompletionBound {
    CompletionBound(
      cheapest: cheapest[classes.count - index], frees: frees.lazy.filter { $0.number >= index },
      takes: takes.lazy.filter { $0.number >= index }, price: price, below: limit)
  }

  /// The edges of all classes' hulls on which units are taken, or freed, by rising rate.
  private static func edges(
    of classes: [ExchangeClass], where isOnSide: (Exchange) -> Bool
  ) -> [HullEdge] {
    let rate = { (a: (units: Double, cost: Double), b: (units: Double, cost: Double)) in
      (b.cost - a.cost) / (b.units - a.units)
    }
    return classes.enumerated().flatMap { number, each in
      var hull = [(units: 0.0, cost: 0.0)]
      let exchanges = each.exchanges.filter(isOnSide)
      for exchange in exchanges.sorted(by: { abs($0.units) < abs($1.units) }) {
        let point = (units: Double(abs(exchange.units)), cost: exchange.cost)
        while hull.count >= 2,
          rate(hull[hull.count - 2], hull[hull.count - 1]) >= rate(hull[hull.count - 1], point)
        {
          hull.removeLast()
        }
        hull.append(point)
      }
      return zip(hull, hull.dropFirst()).map {
        HullEdge(number: number, units: $1.units - $0.units, rate: rate($0, $1))
      }
    }
    .sorted { ($0.rate, $0.number) < ($1.rate, $1.number) }
  }
}
