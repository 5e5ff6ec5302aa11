import Calibration
import GGUF
import Measurement
import NeuralNetwork
import Planning
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

@Suite("A plan for a model with a layer that drafts") struct DraftPlanTests {
  let directory = TemporaryDirectory()

  /// Plans for a model that was calibrated.
  private func plan(_ change: (inout PlanInputs) -> Void = { _ in }) throws -> PlannedModel {
    let model = try directory.write(TestNetwork.drafting[0].fixture.bytes, to: "model.gguf")
    let statistics = directory("statistics.gguf")
    let sums = try Network(ModelFile(path: model), threads: 2)
      .calibrate([CalibrationSequence(tokens: TestNetwork.tokens, seed: 1)])
    try StatisticsWriter(sums, datasets: ["tokens"], chunkCount: 1, chunkSize: 24)
      .write(to: Reservation([statistics], overwrite: true))
    var inputs = PlanInputs(
      model: model, statistics: statistics, sampling: .full, cache: nil, allowRequantize: false)
    change(&inputs)
    return try PlanWorkflow.run(
      PlanRequest(inputs: inputs, target: .bitsPerWeight(7), version: "1"), Session(threads: 2))
  }

  @Test("gives all of that layer q8_0 at least, and knows what errors there cost")
  func floor() throws {
    let report = try plan().report
    #expect(report.plan.unit == .nats)
    let draft = report.plan.entries.filter { $0.name.hasPrefix("blk.2.") }
    let own = report.plan.entries.filter { !$0.name.hasPrefix("blk.2.") }
    #expect(draft.allSatisfy { $0.type.nominalBitsPerWeight >= 8.5 })
    #expect(draft.contains { $0.type == .Q8_0 && $0.loss > 0 })
    #expect(own.contains { $0.type.nominalBitsPerWeight < 5 })
    #expect(report.text.contains(#"draft floor ‘^blk\.2\.=q8_0’ (--draft-floor)"#))
  }

  @Test("gives it another floor, or none, where the user says so")
  func others() throws {
    func least(_ floor: TensorType?, types: [TensorType]? = nil) throws -> Double? {
      let planned = try plan {
        $0.draftFloor = floor
        $0.constraints.types = types
      }
      return planned.report.plan.entries.filter { $0.name.hasPrefix("blk.2.") }
        .map(\.type.nominalBitsPerWeight).min()
    }
    #expect(try #require(try least(.Q6_0)) >= TensorType.Q6_0.nominalBitsPerWeight)
    #expect(try #require(try least(nil)) < 8.5)
    // The list has nothing that fine, so the floor's own type is taken.
    #expect(try #require(try least(.Q8_0, types: [.Q4_0, .Q5_0])) >= 8.5)
  }
}
