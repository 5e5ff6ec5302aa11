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

/// Every architecture from calibration to evaluation.
@Suite("Every architecture") struct ArchitectureWorkflowTests {
  let directory = TemporaryDirectory()

  @Test(
    "is calibrated, planned, quantized and evaluated",
    arguments: TestNetwork.all)
  func wholeWay(network: TestNetwork) throws {
    let model = try directory.write(network.fixture.bytes, to: "model.gguf")
    let statistics = directory("statistics.gguf")
    let base = try Network(ModelFile(path: model), threads: 2)
    let sequences = (0..<8).map { number in
      CalibrationSequence(
        tokens: TestNetwork.tokens.map { ($0 + Int32(5 * number)) % Int32(TestNetwork.vocabulary) },
        seed: UInt64(number))
    }
    let sums = try base.calibrate(sequences)
    try StatisticsWriter(sums, datasets: ["tokens"], chunkCount: 8, chunkSize: 24)
      .write(to: Reservation([statistics], overwrite: false))

    let planned = try PlanWorkflow.run(
      PlanRequest(
        inputs: PlanInputs(
          model: model, statistics: statistics, sampling: .full, cache: nil,
          allowRequantize: false),
        target: .bitsPerWeight(8.5), version: "1"), Session(threads: 2))
    let plan = planned.report.plan
    #expect(plan.unit == .nats)
    let quantized = plan.entries.filter { $0.type.isQuantized }
    #expect(!quantized.isEmpty && quantized.allSatisfy { $0.loss.isFinite && $0.loss >= 0 })

    let output = directory("quantized.gguf")
    _ = try ApplyWorkflow.run(
      ApplyRequest(
        recipe: try Recipe(parsing: planned.recipe.text), recipePath: "recipe", model: model,
        output: output, statistics: statistics, overwrite: false, allowRequantize: false,
        version: "1"), Session(threads: 2))
    let pair = NetworkPair(
      base: base, quantized: try Network(ModelFile(path: output), threads: 2))
    let divergence = Divergence(try pair.divergences(over: sequences.map(\.tokens)))
    #expect(divergence.mean.value > 0)
    #expect(divergence.mean.value.isFinite)
  }
}
