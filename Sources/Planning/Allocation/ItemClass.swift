import GGUF

/// A class of the knapsack: the candidates of one choice that can be part of an optimum, by size.
///
/// Literature on the multiple-choice knapsack calls the candidates *items* and demands one of each
/// class. Dominated items are left out, so the loss falls strictly from item to item.
struct ItemClass {
  /// One candidate that no other one dominates: none takes as few bytes and loses as little.
  struct Item {
    /// Bytes above the smallest item of the class, in the unit of the problem.
    let units: Int
    let loss: Double
    /// Where the candidate stands in its choice.
    let index: Int
  }

  /// By rising size.
  let items: [Item]
  /// The indices of the items on the lower convex hull of loss over bytes, from 0 to the last. The
  /// literature calls them LP-extreme: only they occur in optima of the linear relaxation.
  let hull: [Int]

  /// The class of the `undominated` among `candidates`, sized in units of `unit` bytes.
  init(_ candidates: [Candidate], undominated: [Int], unit: Int) {
    let smallest = candidates[undominated[0]].bytes
    items = undominated.map {
      Item(units: (candidates[$0].bytes - smallest) / unit, loss: candidates[$0].loss, index: $0)
    }
    hull = Self.hull(of: items)
  }

  /// The loss saved per unit between two items, their incremental efficiency.
  func gain(from low: Int, to high: Int) -> Double { Self.gain(items[low], items[high]) }

  /// The indices of the candidates that no other one dominates: by bytes, with strictly falling loss.
  /// Among equals the one with the lowest type id stays.
  static func undominated(_ candidates: [Candidate]) -> [Int] {
    let sorted = candidates.indices.sorted {
      let (a, b) = (candidates[$0], candidates[$1])
      return (a.bytes, a.loss, a.type.id, $0) < (b.bytes, b.loss, b.type.id, $1)
    }
    var best = Double.infinity
    return sorted.filter { index in
      let loss = candidates[index].loss
      defer { best = min(best, loss) }
      return loss < best
    }
  }

  private static func gain(_ low: Item, _ high: Item) -> Double {
    (low.loss - high.loss) / Double(high.units - low.units)
  }

  /// Andrew's monotone chain, with the very gains that callers compare, so that these fall strictly
  /// along the hull whatever the rounding.
  private static func hull(of items: [Item]) -> [Int] {
    var hull: [Int] = []
    for next in items.indices {
      while hull.count >= 2 {
        let (a, b) = (items[hull[hull.count - 2]], items[hull[hull.count - 1]])
        guard gain(a, b) <= gain(b, items[next]) else { break }
        hull.removeLast()
      }
      hull.append(next)
    }
    return hull
  }
}
