import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

/// The whole way on the model that the repository carries, at the size of IQ4_KSS.
@Suite struct FolioWorkflowTests {
  @Test func aPlanBeatsASingleTypeByFar() throws {
    let directory = TemporaryDirectory()
    let planned = try PlanWorkflow.run(
      PlanRequest(
        inputs: PlanInputs(
          model: Folio.model, statistics: Folio.statistics, sampling: .automatic, cache: nil,
          allowRequantize: false),
        target: .bitsPerWeight(4.05), version: "1"), Session(threads: 2))
    let report = planned.report
    #expect(report.bitsPerWeight > 4.04 && report.bitsPerWeight <= 4.05)
    #expect(report.plan.isOptimal && report.plan.unit == .nats)
    let single = try #require(report.plan.baselines.first { $0.kind == .type(.IQ4_KSS) })
    #expect(!single.fits)
    #expect(report.plan.loss <= 0.6 * single.loss)
    #expect(report.plan.loss > 0.004)

    let output = directory("folio.gguf")
    let recipe = try directory.write(Array(planned.recipe.text.utf8), to: "recipe")
    _ = try ApplyWorkflow.run(
      ApplyRequest(
        recipe: try Recipe(parsing: planned.recipe.text), recipePath: recipe, model: Folio.model,
        output: output, statistics: Folio.statistics, overwrite: false, allowRequantize: false,
        version: "1"), Session(threads: 2))
    #expect(try contents(of: output).count == report.fileBytes)
    let compared = try CompareWorkflow.run(
      CompareRequest(
        model: output, source: Folio.model, statistics: Folio.statistics, pattern: nil,
        order: .file), Session(threads: 2))
    let lost = compared.tensors.reduce(0) { $0 + $1.pairs[0].distortion.loss }
    #expect(abs(lost - report.plan.loss) <= 1e-6 * report.plan.loss)
  }
}
