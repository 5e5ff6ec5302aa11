/// A set of moves, known by what it adds to the relaxation.
struct CoreState {
  /// The units it takes, or frees where negative.
  let units: Int
  /// The reduced cost.
  let cost: Double
  /// The last step of the search towards it, or -1.
  let trail: Int32
}

extension [CoreState] {
  /// Both lists as one by units, without states that another one rules out. A unit left over costs
  /// `price`.
  func merged(with other: [CoreState], price: Double) -> [CoreState] {
    if other.isEmpty { return self }
    var merged: [CoreState] = []
    merged.reserveCapacity(count + other.count)
    var (i, j) = (0, 0)
    while i < count || j < other.count {
      let isFirst =
        j == other.count
        || (i < count && (self[i].units, self[i].cost) <= (other[j].units, other[j].cost))
      let state = isFirst ? self[i] : other[j]
      if isFirst { i += 1 } else { j += 1 }
      // Losses fall along the list, so the last state rules out whatever any of them does.
      if let last = merged.last,
        last.cost + price * Double(state.units - last.units) <= state.cost
      {
        continue
      }
      merged.append(state)
    }
    return merged
  }
}
