extension PlanProblem {
  /// What each pin, floor, ceiling and tie, the floor of what drafts, and the least speed cost a plan of this loss: the
  /// problem is solved again without it. A constraint without which the others contradict each other has no price.
  func prices(of loss: Double) -> [Plan.Price] {
    relaxations.compactMap { name, problem in
      guard let decisions = try? Decisions(of: problem), let best = try? decisions.solve() else {
        return nil
      }
      return Plan.Price(constraint: name, loss: max(0, loss - best.loss))
    }
  }

  /// The problem without one of what it respects, for each of that, with what it is called.
  private var relaxations: [(name: String, problem: PlanProblem)] {
    let relaxed = constraints.relaxations.map { name, constraints in
      var problem = self
      problem.constraints = constraints
      return (name, problem)
    }
    guard let minSpeed = timing?.minSpeed else { return relaxed }
    var problem = self
    problem.timing?.minSpeed = nil
    return relaxed + [("\(minSpeed.plain) tokens a second (--min-speed)", problem)]
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
