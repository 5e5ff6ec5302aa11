/// From one item of a class's hull to the next.
struct HullStep {
  /// The index of the class.
  let itemClass: Int
  /// The index of the smaller item.
  let from: Int
  /// The index of the larger item.
  let to: Int
  /// The units that the larger item takes more than the smaller one.
  let units: Int
  /// The loss that each of these units saves.
  let gain: Double
}

extension AllocationProblem {
  /// The steps of all hulls by falling gain. Steps of one class stay in order, since their gains fall
  /// strictly; steps of equal gain come in canonical order.
  ///
  /// Taken from the smallest allocation on, they pass through the optima of the linear relaxation
  /// (Sinha and Zoltners, *The multiple-choice knapsack problem*, Operations Research 27, 1979).
  var hullSteps: [HullStep] {
    var steps: [HullStep] = []
    for (index, itemClass) in classes.enumerated() {
      for (low, high) in zip(itemClass.hull, itemClass.hull.dropFirst()) {
        steps.append(
          HullStep(
            itemClass: index, from: low, to: high,
            units: itemClass.items[high].units - itemClass.items[low].units,
            gain: itemClass.gain(from: low, to: high)))
      }
    }
    return steps.sorted { $0.gain != $1.gain ? $0.gain > $1.gain : $0.itemClass < $1.itemClass }
  }
}
