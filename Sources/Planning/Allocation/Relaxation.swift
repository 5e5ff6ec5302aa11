/// The linear relaxation: what could be reached if one tensor could be split between two types.
///
/// Its optimum climbs the hull of every menu, steepest step first, until the budget is spent. The
/// step that fits only in part sets the price of a unit, and no allocation can lose less than
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
    for step in problem.hullSteps where !isBlocked[step.menu] {
      if step.units <= left {
        levels[step.menu] = step.to
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
}
