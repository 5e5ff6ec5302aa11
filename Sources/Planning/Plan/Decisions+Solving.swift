import GGUF

extension Decisions {
  /// The best types for all groups.
  struct Solution {
    /// The candidate of each group: an index of its `choice`.
    let selection: [Int]
    /// The sum of the losses of the candidates.
    let loss: Double
    /// No selection within the limits loses less.
    let lowerBound: Double
    /// Whether that is proved of this one, to within `Allocation.tolerance`.
    let isOptimal: Bool
    /// The loss that a further byte of each pool would save at the margin.
    let prices: [Double]
  }

  /// The most seconds that a token may take.
  var mostSeconds: Double { (problem.timing?.minSpeed).map { 1 / $0 } ?? .infinity }

  /// The best types for all groups, never worse than those of `seeds`, selections known beforehand, that
  /// fit. Throws where a budget is too small, or the least speed too high.
  func solve(seeds: [[Int]] = []) throws(PlanError) -> Solution {
    try TimedSearch(self).solve(seeds: seeds)
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
      for share in group.shares { bytes[share.pool] += share.bytes[selected] }
    }
    return bytes
  }

  /// Whether a selection keeps all limits.
  func fits(_ selection: [Int]) -> Bool {
    seconds(of: selection) <= mostSeconds
      && zip(bytes(of: selection), problem.pools).allSatisfy { $0 <= $1.budget }
  }

  /// The seconds of a generated token under a selection.
  func seconds(of selection: [Int]) -> Double { sum(of: selection, \.seconds) }

  /// The predicted loss of a selection.
  func loss(of selection: [Int]) -> Double { sum(of: selection, \.loss) }

  private func sum(of selection: [Int], _ cost: KeyPath<Candidate, Double>) -> Double {
    zip(groups, selection).reduce(0) { $0 + $1.0.choice.candidates[$1.1][keyPath: cost] }
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
