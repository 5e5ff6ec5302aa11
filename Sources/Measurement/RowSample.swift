import Codecs

/// Rows drawn from a tensor so that the loss of the whole can be estimated from them.
///
/// A row's loss is nearly proportional to its *energy*, Σ over terms of row_i Σ_j column_j W_ij², which
/// costs little to compute for every row. Rows are ordered by energy and cut into strata of equal
/// total energy; from each stratum two rows or more are drawn, and its loss is estimated as its energy
/// times the drawn rows' loss per energy.
package struct RowSample: Sendable {
  /// The rows drawn, ascending.
  package let rows: [Int]
  /// How many rows of the tensor each of `rows` stands for.
  package let multiplicities: [Double]
  private let strata: [Stratum]
  private let rowCount: Int

  private struct Stratum: Sendable {
    /// Positions in `rows`.
    var drawn: [Int]
    /// Energies of the drawn rows.
    var energies: [Double]
    var size: Int
    var energy: Double
  }

  /// Draws `count` rows of those with the given energies. The same energies, count and seed give the
  /// same rows.
  package init(energies: [Double], count: Int, seed: UInt64) {
    rowCount = energies.count
    if count >= energies.count {
      rows = Array(energies.indices)
      multiplicities = [Double](repeating: 1, count: rows.count)
      strata = [
        Stratum(
          drawn: rows, energies: energies, size: energies.count, energy: energies.reduce(0, +))
      ]
      return
    }
    let ordered = energies.indices.sorted {
      (energies[$0], $0) < (energies[$1], $1)
    }
    let (groups, draws) = Self.groups(of: ordered, energies, drawing: count)
    var random = SplitMix64(state: seed)
    let drawnRows = zip(groups, draws).map { Self.draw($1, of: $0, &random) }
    let sorted = drawnRows.flatMap { $0 }.sorted()
    let position = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    rows = sorted
    strata = zip(groups, drawnRows).map { group, drawn in
      Stratum(
        drawn: drawn.map { position[$0]! }, energies: drawn.map { energies[$0] },
        size: group.count, energy: group.reduce(0) { $0 + energies[$1] })
    }
    var multiplicities = [Double](repeating: 1, count: sorted.count)
    for stratum in strata {
      let share = Double(stratum.size) / Double(stratum.drawn.count)
      for place in stratum.drawn { multiplicities[place] = share }
    }
    self.multiplicities = multiplicities
  }

  /// Estimates a tensor's total from the values of the drawn rows, and the estimate's variance.
  package func total(of values: [Double]) -> (sum: Double, variance: Double) {
    precondition(values.count == rows.count, "one value per drawn row")
    var sum = 0.0
    var variance = 0.0
    for stratum in strata {
      let drawn = stratum.drawn.map { values[$0] }
      let value = drawn.reduce(0, +)
      if drawn.count == stratum.size {
        sum += value
        continue
      }
      let energy = stratum.energies.reduce(0, +)
      let size = Double(stratum.size)
      let count = Double(drawn.count)
      // Without energy in the drawn rows fall back on the plain mean.
      let ratio = energy > 0 ? value / energy : 0
      sum += energy > 0 ? stratum.energy * ratio : size * value / count
      guard drawn.count > 1 else { continue }
      let residuals = zip(drawn, stratum.energies).reduce(0.0) { total, pair in
        let residual = pair.0 - (energy > 0 ? ratio * pair.1 : value / count)
        return total + residual * residual
      }
      variance += size * size * (1 - count / size) / count * residuals / (count - 1)
    }
    return (sum, variance)
  }

  /// Divides rows, ascending by energy, into strata, and `count` draws among them.
  ///
  /// Rows without energy make a stratum of their own: beside others they would say nothing of them.
  /// So do rows that have more energy than a stratum should: all of them are drawn.
  private static func groups(
    of ordered: [Int], _ energies: [Double], drawing count: Int
  ) -> (groups: [[Int]], draws: [Int]) {
    var rest = ordered[...]
    var left = count
    var groups: [[Int]] = []
    var draws: [Int] = []
    let zeros = ordered.prefix { energies[$0] == 0 }
    if !zeros.isEmpty, zeros.count < ordered.count, count >= 4 {
      groups.append(Array(zeros))
      draws.append(min(2, zeros.count))
      rest = rest.dropFirst(zeros.count)
      left -= draws[0]
    }
    var energy = rest.reduce(0) { $0 + energies[$1] }
    var large: [Int] = []
    while let last = rest.last, left > 2, energies[last] * Double(left) > 2 * energy {
      large.append(last)
      rest.removeLast()
      energy -= energies[last]
      left -= 1
    }
    if rest.count <= left {
      large += rest
      left -= rest.count
      rest = []
    }
    if !large.isEmpty {
      groups.append(large)
      draws.append(large.count)
    }
    if !rest.isEmpty {
      let cut = cut(Array(rest), energies, into: max(left / 2, 1))
      groups += cut
      draws += cut.map { min(2, $0.count) }
    }
    // What is left over goes round, the group of most energy first.
    var spare = count - draws.reduce(0, +)
    while spare > 0 {
      for index in groups.indices.reversed() where spare > 0 && draws[index] < groups[index].count {
        draws[index] += 1
        spare -= 1
      }
    }
    return (groups, draws)
  }

  /// Consecutive groups of nearly equal energy, each of two rows or more.
  private static func cut(_ ordered: [Int], _ energies: [Double], into count: Int) -> [[Int]] {
    let total = ordered.reduce(0) { $0 + energies[$1] }
    var groups: [[Int]] = []
    var group: [Int] = []
    var reached = 0.0
    for (index, row) in ordered.enumerated() {
      group.append(row)
      reached += energies[row]
      let full = reached * Double(count) >= total * Double(groups.count + 1)
      let remaining = ordered.count - index - 1
      if full, group.count >= 2, remaining == 0 || remaining >= 2, groups.count + 1 < count {
        groups.append(group)
        group = []
      }
    }
    if !group.isEmpty { groups.append(group) }
    return groups
  }

  /// `count` different elements.
  private static func draw(_ count: Int, of group: [Int], _ random: inout SplitMix64) -> [Int] {
    var pool = group
    for index in 0..<count {
      pool.swapAt(index, index + Int(random.next() % UInt64(pool.count - index)))
    }
    return Array(pool.prefix(count))
  }
}
