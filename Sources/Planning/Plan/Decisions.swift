import GGUF

/// The decisions that a plan has to make: one for each tensor that is free by itself, one for each
/// group that is tied.
struct Decisions {
  /// One decision.
  struct Group {
    /// The indices of its tensors.
    let members: [Int]
    /// The index of the pool that they lie in.
    let pool: Int
    /// The types that it may take.
    let choice: Choice
    /// The types around the skeleton's, by index in `everything`; nil where there is no skeleton.
    let ladder: TypeLadder?
    /// The types that it could take if it could go any number of steps.
    let everything: Choice
  }

  let problem: PlanProblem
  let options: [TensorOptions]
  let groups: [Group]

  /// The decisions of a problem. Throws where a constraint cannot be kept.
  init(of problem: PlanProblem) throws(PlanError) {
    self.problem = problem
    let pools = problem.tensors.map { problem.pools.place(of: $0.name) }
    var options: [TensorOptions] = []
    for (tensor, pool) in zip(problem.tensors, pools) {
      let constraints = problem.constraints.limited(to: problem.pools[pool].types)
      options.append(try TensorOptions(of: tensor, under: constraints))
    }
    self.options = options
    var groups: [Group] = []
    for members in Self.tied(options, by: problem.constraints.ties + [.experts]) {
      let pool = pools[members[0]]
      let everything = Choice(
        tying: members.map {
          Choice(names: [options[$0].tensor.name], candidates: options[$0].candidates)
        })
      let names = everything.names
      let ties = problem.constraints.ties.filter { !$0.groups(of: names).isEmpty }
      guard members.allSatisfy({ pools[$0] == pool }) else {
        throw .constraint(.tieAcrossPools(tensors: names, ties: ties))
      }
      guard !everything.candidates.isEmpty else {
        throw .constraint(.tieWithoutType(tensors: names, ties: ties))
      }
      groups.append(Self.group(members, pool, everything, options, problem))
    }
    self.groups = groups
  }

  private static func group(
    _ members: [Int], _ pool: Int, _ everything: Choice, _ options: [TensorOptions],
    _ problem: PlanProblem
  ) -> Group {
    guard let skeleton = problem.skeleton else {
      return Group(
        members: members, pool: pool, choice: everything, ladder: nil, everything: everything)
    }
    let ladder = TypeLadder(
      everything.candidates,
      from: start(of: members.map { options[$0].tensor }, in: everything, skeleton))
    let reachable = problem.maxMoves.map { steps in
      ladder.reachable(steps: steps).map { everything.candidates[$0] }
    }
    return Group(
      members: members, pool: pool,
      choice: Choice(names: everything.names, candidates: reachable ?? everything.candidates),
      ladder: ladder, everything: everything)
  }

  /// The candidate that stands for the skeleton's types: of their type where it is one and allowed,
  /// else the smallest that is no smaller than they are, else the largest.
  private static func start(
    of tensors: [MeasuredTensor], in choice: Choice, _ skeleton: Mix
  ) -> Int {
    let types = tensors.map { skeleton.types[$0.name] ?? $0.type }
    let candidates = choice.candidates
    if Set(types).count == 1, let same = candidates.firstIndex(where: { $0.type == types[0] }) {
      return same
    }
    let bytes = skeleton.bytes(of: tensors)
    let bySize = candidates.indices.sorted {
      (candidates[$0].bytes, candidates[$0].loss) < (candidates[$1].bytes, candidates[$1].loss)
    }
    return bySize.first { candidates[$0].bytes >= bytes } ?? bySize.last!
  }

  /// The tensors in groups that share a type, each group by the place of its first.
  private static func tied(_ options: [TensorOptions], by ties: [Tie]) -> [[Int]] {
    // Each tensor points to an earlier one of its group, or to itself.
    var parents = Array(options.indices)
    func root(_ index: Int) -> Int {
      var index = index
      while parents[index] != index { index = parents[index] }
      return index
    }
    let free = options.indices.filter { !options[$0].isKept }
    for tie in ties {
      for group in tie.groups(of: free.map { options[$0].tensor.name }) {
        for member in group.dropFirst() {
          let (a, b) = (root(free[group[0]]), root(free[member]))
          parents[max(a, b)] = min(a, b)
        }
      }
    }
    return Dictionary(grouping: options.indices, by: root).values.sorted { $0[0] < $1[0] }
  }
}
