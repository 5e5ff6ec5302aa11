import GGUF
import Planning
import Testing
import TestSupport

@Suite("An allocation of 1,200 tensors over 30 types")
struct LargeAllocationTests {
  /// Rows and columns as a large model has them.
  private static let shapes = [(4096, 4096), (1024, 4096), (12288, 4096), (4096, 12288)]

  private static func choices(exactSizes: Bool) -> [Choice] {
    var generator = SeededGenerator(seed: 7)
    let types = TensorType.all.filter { $0.weightsPerBlock > 1 && $0.rowsPerGroup == 1 }.prefix(30)
    return (0..<1200).map { number in
      let (rows, columns) = shapes[number % shapes.count]
      let scale = Double.random(in: 1e-6...1e-3, using: &generator)
      let candidates = types.map { type in
        let real = type.bytes(rows: rows, columns: columns)!
        let bytes = exactSizes ? real : real + Int.random(in: 0...999, using: &generator)
        var loss = scale * .random(in: 0.6...1.6, using: &generator)
        for _ in 0..<Int(80 * Double(bytes) / Double(rows * columns)) { loss *= 0.87 }
        return Candidate(type: type, bytes: bytes, loss: loss)
      }
      return Choice(names: ["blk.\(number / 4).\(number % 4).weight"], candidates: candidates)
    }
  }

  @Test("is proved, or within 1e-5 of the bound", arguments: [true, false])
  func isProvedOrClose(exactSizes: Bool) throws {
    let choices = Self.choices(exactSizes: exactSizes)
    let feasible = try Allocation.optimal(of: choices, budget: .max).feasible
    let budget = (feasible.lowerBound * 2 + feasible.upperBound) / 3
    let allocation = try Allocation.optimal(of: choices, budget: budget)
    #expect(allocation.isOptimal || allocation.gap < 1e-5)
    #expect(allocation.bytes <= budget)
    #expect(allocation.marginalGain > 0)
  }
}
