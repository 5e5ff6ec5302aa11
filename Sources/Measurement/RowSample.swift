/// Rows drawn from a tensor so that the loss of the whole can be estimated from them.
///
/// A row's loss is nearly proportional to its *energy*, Σ over terms of row_i Σ_j column_j W_ij², which
/// costs little to compute for every row. Rows are ordered by energy and cut into strata of equal
/// total energy; from each stratum two rows or more are drawn, and its loss is estimated as its energy
/// times the drawn rows' loss per energy.
package struct RowSample: Sendable {
  /// The rows drawn, ascending.
  package let rows: [Int]
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
      strata = [
        Stratum(
          drawn: rows, energies: energies, size: energies.count, energy: energies.reduce(0, +))
      ]
      return
    }
    let ordered = energies.indices.sorted {
      (energies[$0], $0) < (energies[$1], $1)
    }
    let groups = Self.cut(ordered, energies, into: max(count / 2, 1))
    var random = SplitMix64(state: seed)
    var drawnRows: [[Int]] = []
    for (index, group) in groups.enumerated() {
      // Every stratum gives at least two rows; what is left over goes to the first.
      let extra = index == 0 ? count - 2 * groups.count : 0
      drawnRows.append(Self.draw(min(group.count, 2 + max(extra, 0)), of: group, &random))
    }
    let sorted = drawnRows.flatMap { $0 }.sorted()
    let position = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    rows = sorted
    strata = zip(groups, drawnRows).map { group, drawn in
      Stratum(
        drawn: drawn.map { position[$0]! }, energies: drawn.map { energies[$0] },
        size: group.count, energy: group.reduce(0) { $0 + energies[$1] })
    }
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

/// A small generator with a fixed algorithm, so that samples never change with a library.
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
