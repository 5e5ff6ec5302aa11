/// The linear relaxation: what could be reached if one tensor could be split between two types.
///
/// Its optimum takes the steps of all hulls, steepest first, until the budget is spent. The step that
/// fits only in part, that of the *split class*, sets the price of a unit, and no allocation can lose
/// less than `bound`.
struct Relaxation {
  /// The item of each class before the step that does not fit.
  let items: [Int]
  /// The units that `items` leave.
  let slack: Int
  /// The class whose step does not fit, or 0 where everything does.
  let splitClass: Int
  /// The loss that one more unit would save; 0 where everything fits.
  let price: Double
  /// The loss that no allocation goes below.
  let bound: Double
  /// An allocation near the relaxation: `items`, then every further step that fits.
  let rounded: [Int]

  /// The relaxation of a problem.
  init(of problem: AllocationProblem) {
    var items = [Int](repeating: 0, count: problem.classes.count)
    var left = problem.capacity
    var split: (items: [Int], slack: Int, itemClass: Int, price: Double)?
    var isBlocked = [Bool](repeating: false, count: items.count)
    for step in problem.hullSteps where !isBlocked[step.itemClass] {
      if step.units <= left {
        items[step.itemClass] = step.to
        left -= step.units
      } else {
        isBlocked[step.itemClass] = true
        if split == nil { split = (items, left, step.itemClass, step.gain) }
      }
    }
    rounded = items
    (self.items, slack, splitClass, price) = split ?? (items, left, 0, 0)
    bound = max(0, problem.loss(of: self.items) - price * Double(slack))
  }
}
