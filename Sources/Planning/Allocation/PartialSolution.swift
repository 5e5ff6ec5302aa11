/// A state of the dynamic program: exchanges of the classes decided so far, known by what they add to
/// the relaxation.
struct PartialSolution {
  /// The units it takes, or frees where negative.
  let units: Int
  /// The reduced cost.
  let cost: Double
  /// The last decision of the program towards it, or -1.
  let trail: Int32
}

extension [PartialSolution] {
  /// Both lists as one by units, without dominated partial solutions: where another one takes no more
  /// units and, a unit left over costing `price`, comes no dearer.
  func merged(with other: [PartialSolution], price: Double) -> [PartialSolution] {
    if other.isEmpty { return self }
    var merged: [PartialSolution] = []
    merged.reserveCapacity(count + other.count)
    var (i, j) = (0, 0)
    while i < count || j < other.count {
      let isFirst =
        j == other.count
        || (i < count && (self[i].units, self[i].cost) <= (other[j].units, other[j].cost))
      let next = isFirst ? self[i] : other[j]
      if isFirst { i += 1 } else { j += 1 }
      // Losses fall along the list, so the last one dominates whatever any of them does.
      if let last = merged.last,
        last.cost + price * Double(next.units - last.units) <= next.cost
      {
        continue
      }
      merged.append(next)
    }
    return merged
  }
}
