import GGUF
import Planning
import Testing

@Suite("An allocation is refused")
struct AllocationErrorTests {
  private let choices = [
    Choice(
      names: ["a"],
      candidates: [
        Candidate(type: .Q4_K, bytes: 40, loss: 2), Candidate(type: .Q6_K, bytes: 60, loss: 1),
        Candidate(type: .Q8_0, bytes: 80, loss: 1),
      ])
  ]

  @Test("where the budget is too small, with the interval from the smallest to the best")
  func infeasible() throws {
    #expect(throws: AllocationError.infeasible(budget: 44, feasible: 45...65)) {
      try Allocation.optimal(of: choices, budget: 44, fixedBytes: 5)
    }
    #expect(try Allocation.optimal(of: choices, budget: 45, fixedBytes: 5).bytes == 45)
  }

  @Test("where a choice is empty")
  func noCandidates() {
    #expect(throws: AllocationError.noCandidates(names: ["a", "b"])) {
      try Allocation.optimal(of: [Choice(names: ["a", "b"], candidates: [])], budget: 1)
    }
  }

  @Test(
    "where a cost is not a number to add up",
    arguments: [
      Candidate(type: .Q4_K, bytes: 1, loss: .nan), Candidate(type: .Q4_K, bytes: 1, loss: -1),
      Candidate(type: .Q4_K, bytes: 1, loss: .infinity), Candidate(type: .Q4_K, bytes: -1, loss: 1),
      Candidate(type: .Q4_K, bytes: .max, loss: 1),
      Candidate(type: .Q4_K, bytes: 1, loss: 1, variance: .nan),
    ])
  func invalidCandidate(candidate: Candidate) {
    #expect(throws: AllocationError.invalidCandidate(names: ["a"], type: .Q4_K)) {
      try Allocation.optimal(
        of: [Choice(names: ["a"], candidates: [candidate])], budget: .max)
    }
  }
}
