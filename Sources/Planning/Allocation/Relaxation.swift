/// The linear relaxation: what could be reached if one tensor could be split between two types.
///
/// Its optimum climbs the hull of every menu, steepest step first, until the budget is spent
/// (Sinha and Zoltners, *The multiple-choice knapsack problem*, Operations Research 27, 1979). The
/// last step that still fits in part sets the price of a unit, and no allocation can lose less than
/// `bound`.
struct Relaxation {
  /// The level of each menu before the step that does not fit.
  let levels: [Int]
  /// The units that `levels` leave.
  let slack: Int
  /// The menu whose step does not fit, or 0 where everything does.
  let splitMenu: Int
  /// The loss that one more unit would save; 0 where everything fits.
  let price: Double
  /// The loss that no allocation goes below.
  let bound: Double
  /// An allocation near it: `levels`, then every further step that fits.
  let rounded: [Int]

  init(of problem: AllocationProblem) {
    var levels = [Int](repeating: 0, count: problem.menus.count)
    var left = problem.capacity
    var split: (levels: [Int], slack: Int, menu: Int, price: Double)?
    var isBlocked = [Bool](repeating: false, count: levels.count)
    for step in Self.steps(of: problem.menus) where !isBlocked[step.menu] {
      if step.units <= left {
        levels[step.menu] = step.level
        left -= step.units
      } else {
        isBlocked[step.menu] = true
        if split == nil { split = (levels, left, step.menu, step.gain) }
      }
    }
    rounded = levels
    (self.levels, slack, splitMenu, price) = split ?? (levels, left, 0, 0)
    bound = max(0, problem.loss(of: self.levels) - price * Double(slack))
  }

  /// From one level of a hull to the next.
  private struct Step {
    let menu: Int
    let level: Int
    let units: Int
    let gain: Double
  }

  /// The steps of all hulls by falling gain. Those of one menu stay in order, for their gains fall
  /// strictly; steps of equal gain come in canonical order.
  private static func steps(of menus: [Menu]) -> [Step] {
    var steps: [Step] = []
    for (index, menu) in menus.enumerated() {
      for (low, high) in zip(menu.hull, menu.hull.dropFirst()) {
        steps.append(
          Step(
            menu: index, level: high, units: menu.levels[high].units - menu.levels[low].units,
            gain: menu.gain(from: low, to: high)))
      }
    }
    return steps.sorted { $0.gain != $1.gain ? $0.gain > $1.gain : $0.menu < $1.menu }
  }
}
