import GGUF

/// The types that a decision may take, from the smallest to the largest, seen from where a skeleton
/// stands among them.
///
/// Types that another one beats in both bytes and loss are no rungs, so that a step always changes
/// something; the skeleton's own type is one whatever it is worth.
struct TypeLadder {
  /// Indices of the candidates, by rising size.
  let rungs: [Int]
  /// The place of the skeleton's type among the rungs.
  let start: Int

  /// The ladder of `candidates` around the one that the skeleton takes.
  init(_ candidates: [Candidate], from skeleton: Int) {
    let undominated = ItemClass.undominated(candidates)
    let all = undominated.contains(skeleton) ? undominated : undominated + [skeleton]
    // Where sizes are equal, the one that loses more comes first.
    rungs = all.sorted {
      (candidates[$0].bytes, candidates[$1].loss) < (candidates[$1].bytes, candidates[$0].loss)
    }
    start = rungs.firstIndex(of: skeleton)!
  }

  /// The candidates within so many steps of the skeleton's.
  func reachable(steps: Int) -> [Int] {
    Array(rungs[max(0, start - steps)..<min(rungs.count, start + min(steps, rungs.count) + 1)])
  }

  /// How many steps up, or down where negative, a candidate stands; nil where it is no rung.
  func steps(to candidate: Int) -> Int? { rungs.firstIndex(of: candidate).map { $0 - start } }
}
