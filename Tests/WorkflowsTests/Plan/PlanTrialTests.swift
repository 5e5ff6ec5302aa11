import GGUF
import Measurement
import NeuralNetwork
import Planning
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

/// Several plans that are run, of which the best is taken.
@Suite("Plans that are run") struct PlanTrialTests {
  private func plan(
    trials: Int, bits: Double = 4.6, types: [TensorType], _ session: Session = Session(threads: 2)
  ) throws -> PlanReport {
    try PlanWorkflow.run(
      PlanRequest(
        inputs: PlanInputs(
          model: Folio.model, statistics: Folio.statistics,
          constraints: Constraints(types: types), sampling: .automatic, cache: nil,
          allowRequantize: false),
        target: .bitsPerWeight(bits),
        validation: EvaluationText(paths: [Folio.evaluationText], chunks: 1), trials: trials,
        version: "1"), session
    ).report
  }

  @Test("differ, keep the budget, and the one of least KLD is chosen")
  func choice() throws {
    let types: [TensorType] = [.IQ4_KSS, .IQ4_KS, .IQ5_K, .IQ3_K]
    let report = try plan(trials: 4, types: types)
    let trials = report.trials
    #expect(trials.count == 4)
    #expect(trials[0].variation == nil && trials.dropFirst().allSatisfy { $0.variation != nil })
    #expect(Set(trials.map(\.variation)).count == 4)
    let chosen = try #require(trials.first { $0.isChosen })
    #expect(trials.count { $0.isChosen } == 1)
    #expect(trials.allSatisfy { $0.kld.value >= chosen.kld.value })
    #expect(report.evaluation?.divergence.mean == chosen.kld)
    #expect(report.plan.loss == chosen.predicted)
    #expect(report.bitsPerWeight <= 4.6)
    // The plan of least predicted loss comes first.
    let alone = try plan(trials: 1, types: types)
    #expect(alone.trials.isEmpty && alone.plan.loss == trials[0].predicted)
    #expect(alone.evaluation?.divergence.mean == trials[0].kld)
  }

  @Test("fewer are run where fewer differ, and a warning says so")
  func tooFew() throws {
    let spy = WarningSpy()
    let report = try plan(trials: 3, bits: 4.136, types: [.IQ4_KSS], spy.session())
    #expect(report.trials.isEmpty && report.evaluation != nil)
    #expect(spy.warnings == ["only 1 plan differs, so no more are evaluated"])
  }
}
