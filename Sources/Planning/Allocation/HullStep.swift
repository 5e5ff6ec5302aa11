/// From one level of a menu's hull to the next.
struct HullStep {
  let menu: Int
  let from: Int
  let to: Int
  /// The units it takes.
  let units: Int
  /// The loss it saves per unit.
  let gain: Double
}

extension AllocationProblem {
  /// The steps of all hulls by falling gain. Those of one menu stay in order, for their gains fall
  /// strictly; steps of equal gain come in canonical order.
  ///
  /// Climbed from the smallest allocation, they pass through the optima of the linear relaxation
  /// (Sinha and Zoltners, *The multiple-choice knapsack problem*, Operations Research 27, 1979).
  var hullSteps: [HullStep] {
    var steps: [HullStep] = []
    for (index, menu) in menus.enumerated() {
      for (low, high) in zip(menu.hull, menu.hull.dropFirst()) {
        steps.append(
          HullStep(
            menu: index, from: low, to: high,
            units: menu.levels[high].units - menu.levels[low].units,
            gain: menu.gain(from: low, to: high)))
      }
    }
    return steps.sorted { $0.gain != $1.gain ? $0.gain > $1.gain : $0.menu < $1.menu }
  }
}
