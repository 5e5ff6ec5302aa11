import GGUF

extension Decisions {
  /// A baseline, and the selection that it is where the plan could be it.
  struct Reference {
    let baseline: Baseline
    let selection: [Int]?
  }

  /// Single types that all movable tensors allow, the skeleton, and the mixes to compare with, as far
  /// as all their types were measured and are allowed.
  var references: [Reference] {
    let first = options.first { $0.isMovable && !$0.isProtectedDraft }
    let singles = (first?.candidates ?? []).compactMap { candidate in
      reference(.type(candidate.type)) { _ in candidate.type }
    }
    let skeleton = zip([problem.skeleton].compactMap { $0 }, [skeletonSelection].compactMap { $0 })
      .map { reference(.mix($0.name), candidates(of: $1), $1) }
    let mixes = problem.references.filter { $0.name != problem.skeleton?.name }.compactMap { mix in
      reference(.mix(mix.name)) { mix.types[$0.name] ?? $0.type }
    }
    return singles + skeleton + mixes
  }

  /// The baseline that gives each movable tensor a type; nil where one does not allow it. What drafts gets the smallest
  /// type that it may have in place of one below its floor.
  private func reference(
    _ kind: Baseline.Kind, _ type: (MeasuredTensor) -> TensorType
  ) -> Reference? {
    var chosen: [Candidate] = []
    for option in options {
      // A tensor that is not movable has a single candidate.
      let wanted = option.isMovable ? type(option.tensor) : option.candidates[0].type
      let smallest =
        option.isProtectedDraft ? option.candidates.min { $0.bytes < $1.bytes } : nil
      guard let candidate = option.candidates.first(where: { $0.type == wanted }) ?? smallest else {
        return nil
      }
      chosen.append(candidate)
    }
    return reference(kind, chosen, selection(of: chosen.map(\.type)))
  }

  private func reference(
    _ kind: Baseline.Kind, _ candidates: [Candidate], _ selection: [Int]?
  ) -> Reference {
    var bytes = problem.pools.map(\.fixedBytes)
    for (pool, candidate) in zip(pools, candidates) { bytes[pool] += candidate.bytes }
    let seconds = candidates.reduce(0) { $0 + $1.seconds }
    return Reference(
      baseline: Baseline(
        kind: kind, bytes: bytes.reduce(0, +), loss: candidates.reduce(0) { $0 + $1.loss },
        standardError: candidates.reduce(0) { $0 + $1.variance }.squareRoot(),
        fits: seconds <= mostSeconds && zip(bytes, problem.pools).allSatisfy { $0 <= $1.budget },
        isReachable: selection != nil),
      selection: selection)
  }
}
