/// The moves away from the relaxation that could be part of a better allocation.
///
/// At the relaxation's price every candidate has a reduced cost: the loss it adds, net of what the
/// bytes it takes or frees are worth. An allocation loses exactly
///
///     bound + Σ reduced costs of its moves + price × units left over
///
/// so a move whose reduced cost alone exceeds the distance from the bound to a known allocation is
/// in no better one. What remains is small: tens of choices out of hundreds.
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
  }

  /// What the groups from some place on offer at best.
  struct Outlook {
    /// The least reduced cost of any move.
    var cheapest = Double.infinity
    /// The least reduced cost per unit taken.
    var take = Double.infinity
    /// The least reduced cost per unit freed.
    var free = Double.infinity
  }

  /// By rising least cost: the choices that the relaxation is least sure of come first. Of equals
  /// those next to the split one, for on one side of it bytes can be freed, on the other taken.
  let groups: [Group]
  /// At `i`: what the groups from `i` on offer; one more than there are groups.
  let outlooks: [Outlook]

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
      guard let cheapest = moves.map(\.cost).min() else { return nil }
      return Group(menu: index, moves: moves, cheapest: cheapest)
    }
    .sorted {
      let (a, b) = (abs($0.menu - relaxation.splitMenu), abs($1.menu - relaxation.splitMenu))
      return ($0.cheapest, a, $0.menu) < ($1.cheapest, b, $1.menu)
    }
    outlooks = Self.outlooks(of: groups)
  }

  private static func outlooks(of groups: [Group]) -> [Outlook] {
    var outlook = Outlook()
    var reversed = [outlook]
    for group in groups.reversed() {
      outlook.cheapest = min(outlook.cheapest, group.cheapest)
      for move in group.moves {
        let rate = move.cost / Double(abs(move.units))
        if move.units > 0 {
          outlook.take = min(outlook.take, rate)
        } else {
          outlook.free = min(outlook.free, rate)
        }
      }
      reversed.append(outlook)
    }
    return reversed.reversed()
  }
}
