/// The best types of each pool by itself, where those of groups that lie in several are given.
struct PoolSearch {
  private let decisions: Decisions
  /// The groups that lie in each pool alone.
  private let groups: [[Int]]
  /// Their choices.
  private let choices: [[Choice]]

  init(_ decisions: Decisions, for aim: Aim) {
    self.decisions = decisions
    groups = decisions.problem.pools.indices.map { pool in
      decisions.groups.indices.filter {
        !decisions.groups[$0].isSpread && decisions.groups[$0].shares[0].pool == pool
      }
    }
    choices = groups.map { $0.map { aim.weighed(decisions.groups[$0].choice) } }
  }

  /// What is best in each pool.
  struct Solution {
    /// The candidate of each group.
    let selection: [Int]
    /// The budget of each pool.
    let allocations: [Allocation]
    /// What the groups in several pools cost.
    let spread: Double

    /// What all groups cost.
    var cost: Double { allocations.reduce(spread) { $0 + $1.loss } }
    /// No selection with the same spread groups costs less.
    var lowerBound: Double { allocations.reduce(spread) { $0 + $1.lowerBound } }
    /// Whether no selection with the same spread groups is better.
    var isOptimal: Bool { allocations.allSatisfy(\.isOptimal) }
    /// What a further byte of each pool would save at the margin.
    var prices: [Double] { allocations.map(\.marginalGain) }
  }

  /// The best types beside those of spread groups.
  ///
  /// - Parameters:
  ///   - spread: for each group that lies in several pools, its candidate and the cost of that.
  ///   - stateLimit: how many states each pool may take.
  /// - Throws: where a budget is too small.
  func solve(
    beside spread: [Int: (candidate: Int, cost: Double)] = [:], seeds: [[Int]] = [],
    stateLimit: Int = Allocation.defaultStateLimit
  ) throws(PlanError) -> Solution {
    let pools = decisions.problem.pools
    var fixedBytes = pools.map(\.fixedBytes)
    var selection = [Int](repeating: 0, count: decisions.groups.count)
    for (group, chosen) in spread {
      selection[group] = chosen.candidate
      for share in decisions.groups[group].shares {
        fixedBytes[share.pool] += share.bytes[chosen.candidate]
      }
    }
    var allocations: [Allocation] = []
    for (number, pool) in pools.enumerated() {
      do throws(AllocationError) {
        let allocation = try Allocation.optimal(
          of: choices[number], budget: pool.budget, fixedBytes: fixedBytes[number],
          seeds: seeds.map { seed in groups[number].map { seed[$0] } }, stateLimit: stateLimit)
        for (group, selected) in zip(groups[number], allocation.selection) {
          selection[group] = selected
        }
        allocations.append(allocation)
      } catch .infeasible(let budget, let feasible) {
        throw .infeasible(pool: pool.name, budget: budget, feasible: feasible)
      } catch {
        throw .allocation(error)
      }
    }
    return Solution(
      selection: selection, allocations: allocations,
      spread: spread.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value.cost })
  }
}
