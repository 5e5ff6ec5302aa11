/// What every further byte buys: the allocations on the lower convex hull of loss over bytes.
///
/// They are where the steps of the linear relaxation complete, so each is exactly the allocation
/// of least loss at its own size. Between two of them `Allocation.optimal` may find more, never
/// below the line that joins them.
package struct Frontier: Sendable {
  /// An allocation on the frontier.
  package struct Breakpoint: Sendable, Equatable {
    /// The bytes of the candidates taken and the fixed bytes.
    package let bytes: Int
    /// The sum of the losses of the candidates taken.
    package let loss: Double
    /// The squared standard error of `loss`, errors of different choices being independent.
    package let variance: Double
    /// The seconds of a generated token; 0 where nobody asked.
    package let seconds: Double
    /// What changed from the breakpoint before; nil for the smallest allocation.
    package let step: Step?
  }

  /// One choice takes a larger candidate.
  package struct Step: Sendable, Equatable {
    /// The index of the choice, in the order they were given.
    package let choice: Int
    /// The index of the candidate it had.
    package let from: Int
    /// The index of the candidate it takes.
    package let to: Int
    /// The loss that each further byte saves.
    package let price: Double
  }

  /// The plans within the budgets, by rising bytes, falling loss and falling price; none where the
  /// budgets fall between two.
  package let breakpoints: [Breakpoint]
  /// From the bytes of the smallest allocation to those of the least lossy one.
  package let feasible: ClosedRange<Int>
  /// The selection at the first breakpoint; the steps lead from it to all others.
  private let first: [Int]

  /// The breakpoints of `choices` whose bytes are within `budgets`; by default all, from the
  /// smallest allocation to the least lossy one.
  ///
  /// - Parameter fixedBytes: bytes that count whatever is chosen; not negative.
  /// - Throws: where a choice has no candidates or invalid ones, and where the largest budget does
  ///   not hold the smallest allocation.
  package init(
    of choices: [Choice], fixedBytes: Int = 0, budgets: ClosedRange<Int> = 0...Int.max
  ) throws(AllocationError) {
    let problem = try AllocationProblem(
      choices, budget: budgets.upperBound, fixedBytes: fixedBytes)
    let all = Self.breakpoints(of: problem, choices)
    breakpoints = all.filter { budgets.contains($0.bytes) }
    feasible = problem.feasible
    let smallest = problem.selection(of: problem.classes.map { _ in 0 })
    let start = all.prefix { $0.bytes < budgets.lowerBound } + breakpoints.prefix(1)
    first = Self.following(start, from: smallest)
  }

  /// The index of the candidate taken at a breakpoint, for each choice in the order they were
  /// given. `index` counts the breakpoints.
  package func selection(at index: Int) -> [Int] {
    Self.following(breakpoints[...index].dropFirst(), from: first)
  }

  /// The index of the last breakpoint within `budget` bytes, or nil where there is none.
  package func index(within budget: Int) -> Int? {
    breakpoints.lastIndex { $0.bytes <= budget }
  }

  /// A selection after the steps of `breakpoints`.
  private static func following(
    _ breakpoints: some Sequence<Breakpoint>, from selection: [Int]
  ) -> [Int] {
    breakpoints.reduce(into: selection) { selection, breakpoint in
      if let step = breakpoint.step { selection[step.choice] = step.to }
    }
  }

  /// All breakpoints of a problem. The sums run from the least lossy one down, where they have the
  /// fewest digits to lose.
  private static func breakpoints(
    of problem: AllocationProblem, _ choices: [Choice]
  ) -> [Breakpoint] {
    var bytes = problem.feasible.upperBound
    let top = problem.classes.map { $0.items.count - 1 }
    var loss = problem.loss(of: top)
    var variance = problem.variance(of: top, choices)
    var seconds = problem.seconds(of: top, choices)
    var breakpoints: [Breakpoint] = []
    for hullStep in problem.hullSteps.reversed() {
      let items = problem.classes[hullStep.itemClass].items
      let step = Step(
        choice: problem.order[hullStep.itemClass], from: items[hullStep.from].index,
        to: items[hullStep.to].index, price: hullStep.gain / Double(problem.unit))
      breakpoints.append(
        Breakpoint(bytes: bytes, loss: loss, variance: variance, seconds: seconds, step: step))
      let low = choices[step.choice].candidates[step.from]
      let high = choices[step.choice].candidates[step.to]
      bytes -= high.bytes - low.bytes
      loss += low.loss - high.loss
      variance = max(0, variance + low.variance - high.variance)
      seconds = max(0, seconds + low.seconds - high.seconds)
    }
    breakpoints.append(
      Breakpoint(bytes: bytes, loss: loss, variance: variance, seconds: seconds, step: nil))
    return breakpoints.reversed()
  }
}
