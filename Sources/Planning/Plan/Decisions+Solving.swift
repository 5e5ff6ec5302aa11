import GGUF

extension Decisions {
  /// The best types for all groups.
  struct Solution {
    /// The budget of each pool.
    let allocations: [Allocation]
    /// The candidate of each group: an index of its `choice`.
    let selection: [Int]

    var loss: Double { allocations.reduce(0) { $0 + $1.loss } }
  }

  /// The best types for all groups, never worse than those of `seeds`, selections known beforehand, that
  /// fit. Throws where a budget is too small.
  func solve(seeds: [[Int]] = []) throws(PlanError) -> Solution {
    var allocations: [Allocation] = []
    var selection = [Int](repeating: 0, count: groups.count)
    for (number, pool) in problem.pools.enumerated() {
      let places = groups.indices.filter { groups[$0].pool == number }
      do throws(AllocationError) {
        let allocation = try Allocation.optimal(
          of: places.map { groups[$0].choice }, budget: pool.budget, fixedBytes: pool.fixedBytes,
          seeds: seeds.map { seed in places.map { seed[$0] } })
        for (place, selected) in zip(places, allocation.selection) { selection[place] = selected }
        allocations.append(allocation)
      } catch .infeasible(let budget, let feasible) {
        throw .infeasible(pool: pool.name, budget: budget, feasible: feasible)
      } catch {
        throw .allocation(error)
      }
    }
    return Solution(allocations: allocations, selection: selection)
  }

  /// The selection that gives every tensor the type that `types` gives it; nil where a group cannot
  /// have it.
  func selection(of types: [TensorType]) -> [Int]? {
    var selection: [Int] = []
    for group in groups {
      let wanted = Set(group.members.map { types[$0] })
      guard wanted.count == 1,
        let place = group.choice.candidates.firstIndex(where: { $0.type == wanted.first })
      else { return nil }
      selection.append(place)
    }
    return selection
  }

  /// The selection that stays as near to the skeleton as the constraints let it; nil without one.
  var skeletonSelection: [Int]? {
    var selection: [Int] = []
    for group in groups {
      guard let ladder = group.ladder else { return nil }
      let start = group.everything.candidates[ladder.rungs[ladder.start]].type
      selection.append(group.choice.candidates.firstIndex { $0.type == start }!)
    }
    return selection
  }

  /// The bytes of a selection in each pool, fixed bytes included.
  func bytes(of selection: [Int]) -> [Int] {
    var bytes = problem.pools.map(\.fixedBytes)
    for (group, selected) in zip(groups, selection) {
      bytes[group.pool] += group.choice.candidates[selected].bytes
    }
    return bytes
  }

  /// The candidate of each tensor under a selection.
  func candidates(of selection: [Int]) -> [Candidate] {
    var types: [TensorType?] = Array(repeating: nil, count: options.count)
    for (group, selected) in zip(groups, selection) {
      for member in group.members { types[member] = group.choice.candidates[selected].type }
    }
    return zip(options, types).map { option, type in
      option.candidates.first { $0.type == type }!
    }
  }
}
