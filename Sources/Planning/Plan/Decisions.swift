import GGUF

/// The decisions that a plan has to make: one for each tensor that is free by itself, one for each
/// group that is tied.
struct Decisions {
  /// One decision.
  struct Group {
    /// The indices of its tensors.
    let members: [Int]
    /// What its types take of each pool that its tensors lie in; most often of one.
    let shares: [Share]
    /// The types that it may take.
    let choice: Choice
    /// The types around the skeleton's, by index in `everything`; nil where there is no skeleton.
    let ladder: TypeLadder?
    /// The types that it could take if it could go any number of steps.
    let everything: Choice

    /// Whether its tensors lie in several pools.
    var isSpread: Bool { shares.count > 1 }

    /// What the types of a group take of one pool.
    struct Share {
      /// The index of the pool.
      let pool: Int
      /// Of each candidate of the choice.
      let bytes: [Int]
    }
  }

  let problem: PlanProblem
  let options: [TensorOptions]
  /// The index of the pool that each tensor lies in.
  let pools: [Int]
  let groups: [Group]

  /// The decisions of a problem. Throws where a constraint cannot be kept.
  init(of problem: PlanProblem) throws(PlanError) {
    self.problem = problem
    pools = problem.tensors.map { problem.pools.place(of: $0.name) }
    var options: [TensorOptions] = []
    for (tensor, pool) in zip(problem.tensors, pools) {
      let constraints = problem.constraints.limited(to: problem.pools[pool].types)
      let timed = problem.timing?.timed(tensor, pool: pool) ?? tensor
      options.append(try TensorOptions(of: timed, under: constraints))
    }
    self.options = options
    var groups: [Group] = []
    for members in Self.tied(options, by: problem.constraints.ties + [.experts]) {
      let everything = Choice(
        tying: members.map {
          Choice(names: [options[$0].tensor.name], candidates: options[$0].candidates)
        })
      guard !everything.candidates.isEmpty else {
        let ties = problem.constraints.ties.filter { !$0.groups(of: everything.names).isEmpty }
        throw .constraint(.tieWithoutType(tensors: everything.names, ties: ties))
      }
      groups.append(Self.group(members, everything, options, pools, problem))
    }
    self.groups = groups
  }

  private static func group(
    _ members: [Int], _ everything: Choice, _ options: [TensorOptions], _ pools: [Int],
    _ problem: PlanProblem
  ) -> Group {
    func group(_ choice: Choice, _ ladder: TypeLadder?) -> Group {
      Group(
        members: members, shares: shares(of: choice, members, options, pools), choice: choice,
        ladder: ladder, everything: everything)
    }
    guard let skeleton = problem.skeleton else { return group(everything, nil) }
    let ladder = TypeLadder(
      everything.candidates,
      from: start(of: members.map { options[$0].tensor }, in: everything, skeleton))
    let reachable = problem.maxMoves.map { steps in
      ladder.reachable(steps: steps).map { everything.candidates[$0] }
    }
    return group(
      Choice(names: everything.names, candidates: reachable ?? everything.candidates), ladder)
  }

  /// What a choice takes of each pool that its tensors lie in.
  private static func shares(
    of choice: Choice, _ members: [Int], _ options: [TensorOptions], _ pools: [Int]
  ) -> [Group.Share] {
    Set(members.map { pools[$0] }).sorted().map { pool in
      let inside = members.filter { pools[$0] == pool }
      return Group.Share(
        pool: pool,
        bytes: choice.candidates.map { candidate in
          inside.reduce(0) { sum, member in
            // What a choice offers, all of its tensors do.
            sum + options[member].candidates.first { $0.type == candidate.type }!.bytes
          }
        })
    }
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
