import Foundation
import GGUF
import Planning
import Testing
import TestSupport

@Suite("An allocation against GLPK")
struct AllocationGLPKTests {
  @Test("is as good as what GLPK proves, on random instances", arguments: CostStyle.allCases)
  func matchesOnRandomInstances(style: CostStyle) throws {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<50 {
      let count = Int.random(in: 5...25, using: &generator)
      let choices = Self.whole(randomChoices(count, most: 8, style, using: &generator))
      let feasible = try Frontier(of: choices).feasible
      try check(choices, budget: .random(in: feasible, using: &generator))
    }
  }

  @Test(
    "is as good as what GLPK proves, on real models",
    arguments: ["folio-4m", "qwen3.5-0.8b", "glm-4.5-air"])
  func matchesOnRealModels(name: String) throws {
    let choices = try Self.choices(name)
    let feasible = try Frontier(of: choices).feasible
    try check(choices, budget: feasible.lowerBound + feasible.count * 7 / 20)
  }

  private func check(_ choices: [Choice], budget: Int) throws {
    let allocation = try Allocation.optimal(of: choices, budget: budget)
    let expected = try GLPK.optimum(of: choices, budget: budget)
    let taken = zip(choices, expected).map { $0.candidates[$1] }
    #expect(taken.reduce(0) { $0 + $1.bytes } <= budget)
    #expect(allocation.isOptimal)
    #expect(isClose(allocation.loss, taken.reduce(0) { $0 + $1.loss }))
  }

  /// The choices with whole losses, a thousandth of a unit each.
  private static func whole(_ choices: [Choice]) -> [Choice] {
    choices.map { choice in
      Choice(
        names: choice.names,
        candidates: choice.candidates.map {
          Candidate(type: $0.type, bytes: $0.bytes, loss: (1000 * $0.loss).rounded())
        })
    }
  }

  /// A file of `Problems/`, whose README says what it holds.
  private static func choices(_ name: String) throws -> [Choice] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Problems/\(name).txt")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: " ") }
    let types = try lines[0].dropFirst().map { try #require(TensorType.named($0)) }
    return try lines.dropFirst().map { line in
      let candidates = try zip(types, line.dropFirst()).map { type, cell in
        let numbers = try cell.split(separator: "/").map { try #require(Int($0)) }
        return Candidate(type: type, bytes: numbers[0], loss: Double(numbers[1]))
      }
      return Choice(names: [String(line[0])], candidates: candidates)
    }
  }
}
