/// The moves away from the relaxation that could be part of a better allocation.
///
/// At the relaxation's price every candidate has a reduced cost: the loss it adds, net of what the
/// bytes it takes or frees are worth. An allocation loses exactly
///
///     bound + Σ reduced costs of its moves + price × units left over
///
/// so a move whose reduced cost alone exceeds the distance from the bound to a known allocation is
/// in no better one. What remains is most often small: tens of choices out of hundreds.
struct Core {
  /// A change of one menu's level.
  struct Move {
    let level: Int
    /// The units it takes, or frees where negative.
    let units: Int
    /// The reduced cost; not negative.
    let cost: Double
  }

  /// The moves of one menu.
  struct Group {
    let menu: Int
    let moves: [Move]
    /// The least reduced cost of the moves.
    let cheapest: Double
    /// The least reduced cost of the moves per unit taken or freed.
    let rate: Double

    init(menu: Int, moves: [Move]) {
      self.menu = menu
      self.moves = moves
      cheapest = moves.map(\.cost).min() ?? .infinity
      rate = moves.map { $0.cost / Double(abs($0.units)) }.min() ?? .infinity
    }
  }

  /// Units that a group can take, or free, at a rate, as one side of the hull of its moves.
  struct Slope {
    let group: Int
    let units: Double
    /// The reduced cost per unit.
    let rate: Double
  }

  /// By rising least rate: first those that fill or free units for the least, which are the large
  /// ones. The more of them are decided, the more the others must cost. Of equals those next to the
  /// split one come first, for on one side of it bytes can be freed, on the other taken.
  let groups: [Group]
  /// At `i`: the least reduced cost of any move of the last `i` groups.
  private let cheapest: [Double]
  /// The hulls on which units are taken, by rising rate.
  private let takes: [Slope]
  /// The hulls on which units are freed, by rising rate.
  private let frees: [Slope]
  /// What a unit left over costs.
  private let price: Double

  /// The moves of reduced cost below `limit`.
  init(of problem: AllocationProblem, around relaxation: Relaxation, below limit: Double) {
    groups = problem.menus.enumerated().compactMap { index, menu in
      let base = menu.levels[relaxation.levels[index]]
      let moves = menu.levels.enumerated().compactMap { number, level -> Move? in
        let units = level.units - base.units
        // Not negative but for rounding: the base is the cheapest level at this price.
        let cost = max(0, level.loss - base.loss + relaxation.price * Double(units))
        return units != 0 && cost < limit ? Move(level: number, units: units, cost: cost) : nil
      }
      return moves.isEmpty ? nil : Group(menu: index, moves: moves)
    }
    .sorted {
      let (a, b) = (abs($0.menu - relaxation.splitMenu), abs($1.menu - relaxation.splitMenu))
      return ($0.rate, a, $0.menu) < ($1.rate, b, $1.menu)
    }
    var least = Double.infinity
    cheapest =
      [.infinity]
      + groups.reversed().map { group in
        least = min(least, group.cheapest)
        return least
      }
    takes = Self.slopes(of: groups) { $0.units > 0 }
    frees = Self.slopes(of: groups) { $0.units < 0 }
    price = relaxation.price
  }

  /// What the groups from number `index` on offer, as far as it costs less than `limit`.
  func outlook(from index: Int, below limit: Double) -> Outlook {
    Outlook(
      cheapest: cheapest[groups.count - index], frees: frees.lazy.filter { $0.group >= index },
      takes: takes.lazy.filter { $0.group >= index }, price: price, below: limit)
  }

  /// The sides of the groups' hulls on which units are taken, or freed, by rising rate.
  private static func slopes(of groups: [Group], where isOnSide: (Move) -> Bool) -> [Slope] {
    let rate = { (a: (units: Double, cost: Double), b: (units: Double, cost: Double)) in
      (b.cost - a.cost) / (b.units - a.units)
    }
    return groups.enumerated().flatMap { index, group in
      var hull = [(units: 0.0, cost: 0.0)]
      for move in group.moves.filter(isOnSide).sorted(by: { abs($0.units) < abs($1.units) }) {
        let point = (units: Double(abs(move.units)), cost: move.cost)
        while hull.count >= 2,
          rate(hull[hull.count - 2], hull[hull.count - 1]) >= rate(hull[hull.count - 1], point)
        {
          hull.removeLast()
        }
        hull.append(point)
      }
      return zip(hull, hull.dropFirst()).map {
        Slope(group: index, units: $1.units - $0.units, rate: rate($0, $1))
      }
    }
    .sorted { ($0.rate, $0.group) < ($1.rate, $1.group) }
  }
}
