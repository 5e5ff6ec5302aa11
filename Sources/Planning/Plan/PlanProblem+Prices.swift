extension PlanProblem {
  /// What each pin, floor, ceiling and tie, and the floor of what drafts, costs a plan of this loss: the problem is solved again
  /// without it. A constraint without which the others contradict each other has no price.
  func prices(of loss: Double) -> [Plan.Price] {
    constraints.relaxations.compactMap { name, relaxed in
      var problem = self
      problem.constraints = relaxed
      guard let decisions = try? Decisions(of: problem), let best = try? decisions.solve() else {
        return nil
      }
      return Plan.Price(constraint: name, loss: max(0, loss - best.loss))
    }
  }
}

extension Constraints {
  /// The constraints without one of the rules and ties, for each of them, with what it is called.
  fileprivate var relaxations: [(name: String, constraints: Constraints)] {
    relaxations("pin", \.pins) + relaxations("floor", \.floors)
      + relaxations("ceiling", \.ceilings) + relaxations("tie", \.ties) + withoutDraftFloor
  }

  /// The constraints without the floor of what drafts, where there is one.
  private var withoutDraftFloor: [(name: String, constraints: Constraints)] {
    guard let draftFloor else { return [] }
    var relaxed = self
    relaxed.draftFloor = nil
    return [("draft floor ‘\(draftFloor)’ (--draft-floor)", relaxed)]
  }

  private func relaxations<Rule: CustomStringConvertible>(
    _ name: String, _ list: WritableKeyPath<Constraints, [Rule]>
  ) -> [(name: String, constraints: Constraints)] {
    self[keyPath: list].indices.map { index in
      var relaxed = self
      relaxed[keyPath: list].remove(at: index)
      return ("\(name) ‘\(self[keyPath: list][index])’", relaxed)
    }
  }
}
