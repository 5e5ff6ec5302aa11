import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

@Suite struct PlanWorkflowSensitivityTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  private func plan(
    _ sensitivity: SensitivitySource, statistics: Bool = true, types: [TensorType]? = nil,
    bits: Double = 5
  ) throws -> PlannedModel {
    try bench.plan(.bitsPerWeight(bits)) {
      $0.sensitivity = sensitivity
      if !statistics { $0.statistics = nil }
      $0.constraints.types = types
      $0.cache = bench.cache
    }
  }

  /// A table with one row under Q4_0, which all shapes of the model allow.
  private func table(_ values: [String: Double]) throws -> SensitivitySource {
    let names = values.keys.sorted()
    let text =
      "QTYPE," + names.joined(separator: ",") + "\nq4_0,"
      + names.map { "\(values[$0]!)" }.joined(separator: ",") + "\n"
    return .table(path: try bench.directory.write(Array(text.utf8), to: "kld_results.csv"))
  }

  @Test func rowSensitivitiesComeBeforeThePrior() throws {
    let measured = try plan(.automatic)
    #expect(measured.report.knowledge == "measured row sensitivities")
    #expect(measured.recipe.provenance["sensitivity"] == "measured")
    let prior = try plan(.automatic, statistics: false)
    #expect(prior.report.knowledge.contains("GGUF Tool Suite"))
    #expect(prior.recipe.provenance["sensitivity"] == "prior")
    #expect(prior.report.plan.unit == .nats && prior.report.plan.isOptimal)
    let none = try plan(.none)
    #expect(none.report.plan.unit == .weightedSquaredError)
    #expect(none.report.knowledge == "importance alone")
  }

  @Test func thePriorsOwnErrorIsTold() throws {
    let plan = try plan(.prior).report.plan
    for entry in plan.entries where entry.loss > 0 {
      #expect(entry.standardError >= 0.7 * entry.loss)
    }
  }

  @Test func aTableIsReproducedUnderItsOwnType() throws {
    let names = try ModelFile(path: bench.model).tensors.map(\.name).filter {
      !$0.contains("norm") && !$0.contains("gate_inp")
    }
    // The least value counts as noise for the most part, so it is one apart.
    let values = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($1, $0 == 0 ? 0.001 : 0.01 * Double($0)) })
    let planned = try plan(try table(values), types: [.Q4_0])
    #expect(planned.recipe.provenance["sensitivity"] == "kld_results.csv")
    #expect(planned.report.knowledge.contains("kld_results.csv"))
    for entry in planned.report.plan.entries where entry.type == .Q4_0 {
      let expected = try #require(values[entry.name]) - 0.0009
      #expect(abs(entry.loss - expected) <= 1e-6 * expected)
    }
  }

  @Test func aTensorThatIsSaidToMatterGetsMoreBits() throws {
    let names = ["blk.0.attn_q.weight", "output.weight"]
    func bits(_ values: [Double]) throws -> [Double] {
      let source = try table(
        Dictionary(uniqueKeysWithValues: zip(names + ["token_embd.weight"], values + [1e-6])))
      let planned = try plan(source, bits: 5.5)
      return try names.map { try #require(planned.type(of: $0)).nominalBitsPerWeight }
    }
    let (a, b) = (try bits([9, 0.001]), try bits([0.001, 9]))
    #expect(a[0] > b[0] && a[1] < b[1])
  }

  @Test func aTableOfAnotherModelIsRefused() throws {
    let source = try table(["blk.7.attn_q.weight": 1, "blk.8.attn_q.weight": 2])
    let error = #expect(throws: UnusableTable.self) { try plan(source) }
    #expect(error?.description.contains("names no tensor of small.gguf") == true)
  }

  @Test func applyWritesWhatAPriorsPlanMeasured() throws {
    let planned = try plan(.prior)
    _ = try bench.apply(planned.recipe)
    let compared = try CompareWorkflow.run(
      CompareRequest(
        model: bench.output, source: bench.model, statistics: nil, pattern: nil, order: .file),
      Session(threads: 2))
    #expect(compared.tensors.count == planned.report.plan.entries.filter { $0.loss > 0 }.count)
    #expect(try contents(of: bench.output).count == planned.report.fileBytes)
  }
}
