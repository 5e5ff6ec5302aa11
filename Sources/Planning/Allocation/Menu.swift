import GGUF

/// The candidates of a choice that can be part of an optimum, by size.
///
/// Levels count from 0, the smallest; the loss falls strictly from level to level.
struct Menu {
  /// One candidate that no other one beats in both bytes and loss.
  struct Level {
    /// Bytes: above the smallest of the menu, in the unit of the problem.
    let units: Int
    let loss: Double
    /// Where the candidate stands in its choice.
    let index: Int
  }

  let levels: [Level]
  /// The levels on the lower convex hull of loss over bytes, from 0 to the last.
  let hull: [Int]

  /// The menu of `candidates`, which are `undominated` ones, in `unit` bytes.
  init(_ candidates: [Candidate], undominated: [Int], unit: Int) {
    let smallest = candidates[undominated[0]].bytes
    levels = undominated.map {
      Level(
        units: (candidates[$0].bytes - smallest) / unit, loss: candidates[$0].loss, index: $0)
    }
    hull = Self.hull(of: levels)
  }

  /// The loss saved per unit between two levels.
  func gain(from low: Int, to high: Int) -> Double { Self.gain(levels[low], levels[high]) }

  /// The indices of the candidates that no other one beats: by bytes, with strictly falling loss.
  /// Of equals the one with the lowest type id stays.
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

  private static func gain(_ low: Level, _ high: Level) -> Double {
    (low.loss - high.loss) / Double(high.units - low.units)
  }

  /// Andrew's monotone chain, with the very gains that callers compare, so that these fall strictly
  /// along the hull whatever the rounding.
  private static func hull(of levels: [Level]) -> [Int] {
    var hull: [Int] = []
    for next in levels.indices {
      while hull.count >= 2 {
        let (a, b) = (levels[hull[hull.count - 2]], levels[hull[hull.count - 1]])
        guard gain(a, b) <= gain(b, levels[next]) else { break }
        hull.removeLast()
      }
      hull.append(next)
    }
    return hull
  }
}
