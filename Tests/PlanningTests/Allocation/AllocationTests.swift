import GGUF
import Planning
import Testing
import TestSupport

@Suite("An allocation")
struct AllocationTests {
  @Test("is as good as exhaustive search finds", arguments: CostStyle.allCases)
  func matchesExhaustiveSearch(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<250 {
      let count = Int.random(in: 1...6, using: &generator)
      let choices = randomChoices(count, most: 5, style, using: &generator)
      let feasible = try Allocation.optimal(of: choices, budget: .max).feasible
      let budget = Int.random(in: feasible, using: &generator)
      let allocation = try Allocation.optimal(of: choices, budget: budget)
      let optimum = try #require(exhaustiveOptimum(choices, budget: budget))
      #expect(allocation.isOptimal)
      #expect(isClose(allocation.loss, optimum))
      #expect(allocation.bytes <= budget)
      #expect(allocation.gap == 0)
    }
  }

  @Test("without a search has a true bound and still fits", arguments: CostStyle.allCases)
  func boundHolds(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<250 {
      let choices = randomChoices(5, most: 5, style, using: &generator)
      let feasible = try Allocation.optimal(of: choices, budget: .max).feasible
      let budget = Int.random(in: feasible, using: &generator)
      let allocation = try Allocation.optimal(of: choices, budget: budget, stateLimit: 0)
      let optimum = try #require(exhaustiveOptimum(choices, budget: budget))
      #expect(allocation.lowerBound <= optimum * (1 + 1e-12) + 1e-12)
      #expect(allocation.loss >= optimum * (1 - 1e-12))
      #expect(allocation.bytes <= budget)
      #expect((0...1).contains(allocation.gap))
    }
  }

  @Test("of a search cut short has a true bound and still fits", arguments: CostStyle.allCases)
  func boundHoldsWhereCutShort(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 8)
    let choices = randomChoices(60, most: 8, style, using: &generator)
    let feasible = try Allocation.optimal(of: choices, budget: .max).feasible
    for _ in 0..<20 {
      let budget = Int.random(in: feasible, using: &generator)
      let optimum = try Allocation.optimal(of: choices, budget: budget)
      #expect(optimum.isOptimal)
      var bound = 0.0
      for limit in [0, 30, 300, 3000, 30_000] {
        let allocation = try Allocation.optimal(of: choices, budget: budget, stateLimit: limit)
        #expect(allocation.lowerBound <= optimum.loss * (1 + Allocation.tolerance))
        #expect(allocation.loss >= optimum.loss * (1 - Allocation.tolerance))
        #expect(allocation.bytes <= budget)
        #expect(allocation.lowerBound >= bound * (1 - Allocation.tolerance))
        bound = allocation.lowerBound
      }
    }
  }

  @Test("takes a candidate off the convex hull where that is the optimum")
  func takesCandidatesOffTheHull() throws {
    let choice = Choice(
      names: ["a"],
      candidates: [
        Candidate(type: .Q4_K, bytes: 0, loss: 10), Candidate(type: .Q5_K, bytes: 5, loss: 6),
        Candidate(type: .Q6_K, bytes: 10, loss: 0),
      ])
    #expect(try Allocation.optimal(of: [choice], budget: 9).selection == [1])
  }

  @Test("reports the bytes, loss and variance of its selection, fixed bytes included")
  func totalsAddUp() throws {
    var generator = SeededGenerator(seed: 3)
    let choices = randomChoices(40, most: 8, .likeTypes, using: &generator)
    let feasible = try Allocation.optimal(of: choices, budget: .max, fixedBytes: 500).feasible
    let budget = (feasible.lowerBound + feasible.upperBound) / 2
    let allocation = try Allocation.optimal(of: choices, budget: budget, fixedBytes: 500)
    let taken = zip(choices, allocation.selection).map { $0.candidates[$1] }
    #expect(allocation.bytes == taken.reduce(500) { $0 + $1.bytes })
    #expect(isClose(allocation.loss, taken.reduce(0) { $0 + $1.loss }))
    #expect(isClose(allocation.variance, taken.reduce(0) { $0 + $1.variance }))
  }

  @Test("never loses more for a larger budget", arguments: CostStyle.allCases)
  func isMonotoneInBudget(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 4)
    let choices = randomChoices(30, most: 8, style, using: &generator)
    let feasible = try Allocation.optimal(of: choices, budget: .max).feasible
    let step = max(1, feasible.count / 150)
    var last = Double.infinity
    for budget in stride(from: feasible.lowerBound, through: feasible.upperBound, by: step) {
      let loss = try Allocation.optimal(of: choices, budget: budget).loss
      #expect(loss <= last * (1 + Allocation.tolerance))
      last = loss
    }
  }

  @Test("does not depend on the order of choices and candidates", arguments: CostStyle.allCases)
  func isIndependentOfOrder(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 5)
    let choices = randomChoices(30, most: 8, style, using: &generator)
    let feasible = try Allocation.optimal(of: choices, budget: .max).feasible
    let budget = (feasible.lowerBound + feasible.upperBound) / 2
    let expected = try Allocation.optimal(of: choices, budget: budget)
    for _ in 0..<10 {
      let shuffled = choices.shuffled(using: &generator).map {
        Choice(names: $0.names, candidates: $0.candidates.shuffled(using: &generator))
      }
      let allocation = try Allocation.optimal(of: shuffled, budget: budget)
      #expect(allocation.loss == expected.loss)
      #expect(allocation.lowerBound == expected.lowerBound)
      #expect(types(allocation, of: shuffled) == types(expected, of: choices))
    }
  }

  @Test("is never worse than a seed that fits")
  func beatsSeeds() throws {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<100 {
      let choices = randomChoices(12, most: 5, .correlated, using: &generator)
      let seed = choices.map { $0.candidates.indices.randomElement(using: &generator)! }
      let taken = zip(choices, seed).map { $0.candidates[$1] }
      let bytes = taken.reduce(0) { $0 + $1.bytes }
      let allocation = try Allocation.optimal(
        of: choices, budget: bytes, seeds: [seed], stateLimit: 0)
      #expect(allocation.bytes <= bytes)
      #expect(allocation.loss <= taken.reduce(0) { $0 + $1.loss } * (1 + 1e-12))
    }
  }

  @Test("prefers fewer bytes, then the lower type id, among equal losses")
  func breaksTies() throws {
    let choice = Choice(
      names: ["a"],
      candidates: [
        Candidate(type: .IQ4_K, bytes: 8, loss: 1), Candidate(type: .Q4_K, bytes: 8, loss: 1),
        Candidate(type: .Q5_K, bytes: 9, loss: 1),
      ])
    #expect(try Allocation.optimal(of: [choice], budget: 20).selection == [1])
  }

  @Test("of nothing spends the fixed bytes alone")
  func ofNothing() throws {
    let allocation = try Allocation.optimal(of: [], budget: 10, fixedBytes: 10)
    #expect(allocation.bytes == 10 && allocation.loss == 0 && allocation.isOptimal)
  }

  private func types(_ allocation: Allocation, of choices: [Choice]) -> [String: TensorType] {
    Dictionary(
      uniqueKeysWithValues: zip(choices, allocation.selection).map {
        ($0.names[0], $0.candidates[$1].type)
      })
  }
}

/// Whether two losses are the same to within the allocation's tolerance.
func isClose(_ a: Double, _ b: Double) -> Bool {
  abs(a - b) <= 2 * Allocation.tolerance * max(abs(a), abs(b))
}
