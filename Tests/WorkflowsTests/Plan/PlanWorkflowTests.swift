import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing
import TestSupport
import Workflows

@Suite struct PlanWorkflowTests {
  let bench: Workbench

  init() throws { bench = try Workbench() }

  static let targets: [PlanTarget] = [
    .bitsPerWeight(4.2), .bitsPerWeight(5), .bitsPerWeight(9.7), .bitsPerWeight(40),
    .fileBytes(130_000), .fileBytes(177_777), .fileBytes(1 << 40),
  ]

  @Test(arguments: [true, false]) func aPlanIsTheFileThatApplyWrites(
    withStatistics: Bool
  ) throws {
    let statistics = withStatistics ? bench.statistics : nil
    for target in Self.targets {
      let planned = try bench.plan(target) {
        $0.statistics = statistics
        $0.cache = bench.cache
      }
      #expect(planned.report.plan.isOptimal)
      switch target {
      case .bitsPerWeight(let bits): #expect(planned.report.bitsPerWeight <= bits)
      case .fileBytes(let bytes): #expect(planned.report.fileBytes <= bytes)
      case .skeleton, .speed, .memory: Issue.record("not among the targets")
      }
      let report = try bench.apply(planned.recipe) {
        $0.statistics = statistics
        $0.overwrite = true
      }
      #expect(try contents(of: bench.output).count == planned.report.fileBytes)
      #expect(report.fileBytes == planned.report.fileBytes)
      #expect(report.bitsPerWeight == planned.report.bitsPerWeight)
      let written = try ModelFile(path: bench.output)
      for tensor in written.tensors { #expect(planned.type(of: tensor.name) == tensor.type) }
      let bytes = written.tensors.reduce(0) { $0 + $1.byteCount }
      let elements = written.tensors.reduce(0) { $0 + $1.elements }
      #expect(planned.report.bitsPerWeight == 8 * Double(bytes) / Double(elements))
    }
  }

  @Test func moreBudgetNeverPredictsMoreLoss() throws {
    let losses = try [4.2, 4.6, 5, 6, 8, 40].map { bits in
      try bench.plan(.bitsPerWeight(bits)) { $0.cache = bench.cache }.report.plan.loss
    }
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
    #expect(losses.last == 0)
  }

  @Test func aPlanDoesNotDependOnThreads() throws {
    let recipes = try [1, 2, 7].map { threads in
      try bench.plan(.bitsPerWeight(5), Session(threads: threads)) {
        $0.sampling = .fraction(0.3)
      }.recipe.text
    }
    #expect(recipes[0] == recipes[1] && recipes[0] == recipes[2])
  }

  @Test func theLossIsPredictedKLDWhereEverySensitivityIsKnown() throws {
    #expect(try bench.plan().report.plan.unit == .nats)
    let other = try bench.plan { $0.sensitivity = .none }
    #expect(other.report.plan.unit == .weightedSquaredError)
    #expect(other.recipe.provenance["predicted_kld"] == nil)
    #expect(other.recipe.provenance["predicted_error"] == "\(other.report.plan.loss)")
  }

  @Test func oneTensorWithoutSensitivityIsWarnedOfAndThePriorStandsInForIt() throws {
    // No type but one, so that plans can be compared.
    func planned(_ session: Session = Session(threads: 2)) throws -> PlannedModel {
      try bench.plan(.bitsPerWeight(5), session) { $0.constraints.types = [.Q4_0] }
    }
    let whole = try planned().report.plan
    var statistics = SmallModel().statistics
    statistics.tensors.removeAll { $0.name == Array("output.weight.out_grad_sum2".utf8) }
    try bench.directory.write(statistics.bytes, to: "small.statistics.gguf")
    let spy = WarningSpy()
    let partial = try planned(spy.session())
    #expect(partial.recipe.provenance["sensitivity"] == "measured")
    #expect(partial.report.plan.unit == .nats)
    #expect(partial.report.knowledge.contains("where there are none, the prior"))
    #expect(spy.warnings.count == 1 && spy.warnings[0].contains("output.weight"))
    for (a, b) in zip(whole.entries, partial.report.plan.entries) {
      #expect(a.name == b.name && (a.name == "output.weight") == (a.loss != b.loss))
      #expect(a.name != "output.weight" || b.loss > 0 && b.standardError > 0.5 * b.loss)
    }
    #expect(throws: StrictError.self) {
      try bench.plan(.bitsPerWeight(5), Session(threads: 1, isStrict: true))
    }
    #expect(throws: MissingSensitivity.self) { try bench.plan { $0.sensitivity = .measured } }
    // Files are encoded as the plan measured.
    try bench.apply(partial.recipe)
  }

  @Test func withoutMostSensitivitiesThePriorStandsInForAll() throws {
    var statistics = SmallModel().statistics
    statistics.tensors.removeAll {
      let name = String(decoding: $0.name, as: UTF8.self)
      return name.hasSuffix("out_grad_sum2") && !name.hasPrefix("blk.0.attn_q")
    }
    try bench.directory.write(statistics.bytes, to: "small.statistics.gguf")
    let planned = try bench.plan()
    #expect(planned.recipe.provenance["sensitivity"] == "prior")
  }

  @Test func aTiedTableIsPlannedByBothOfItsUses() throws {
    let tied = try Workbench(SmallModel(tied: true))
    let planned = try tied.plan()
    #expect(planned.report.plan.unit == .nats)
    // Alone, as a table of lookups, it loses less.
    let untied = try bench.plan { $0.constraints.pins = [try TypeRule("token_embd=q4_0")] }
    let both = try tied.plan { $0.constraints.pins = [try TypeRule("token_embd=q4_0")] }
    let loss = { (planned: PlannedModel) in planned.report.plan.entries[0].loss }
    #expect(loss(both) > loss(untied) && loss(untied) > 0)
  }

  @Test func everyTensorIsInThePlanInItsOrder() throws {
    let entries = try bench.plan().report.plan.entries
    let names = SmallModel().fixture.tensors.map { String(decoding: $0.name, as: UTF8.self) }
    #expect(entries.map(\.name) == names)
  }

  @Test func theRecipeTellsWhereItComesFrom() throws {
    let planned = try bench.plan(.fileBytes(150_000))
    let provenance = planned.recipe.provenance
    #expect(provenance["ration"] == "1.2.3")
    #expect(provenance["model"] == "small.gguf")
    #expect(provenance["statistics"] == "small.statistics.gguf")
    #expect(provenance["target-size"] == "150000" && provenance["target-bpw"] == nil)
    #expect(provenance["runtime"] == "ik")
    #expect(provenance["bytes"] == "\(planned.report.fileBytes)")
    #expect(provenance["bpw"] == "\(planned.report.bitsPerWeight)")
    #expect(provenance["predicted_kld"] == "\(planned.report.plan.loss)")
    #expect(provenance["optimal"] == "true")
  }

  @Test func aTargetOutOfReachStatesTheIntervalAndItsEndsAreReachable() throws {
    let plan = { (target: PlanTarget) in
      try bench.plan(target) { $0.cache = bench.cache }
    }
    let bits = #expect(throws: InfeasibleTarget.self) { try plan(.bitsPerWeight(1)) }
    let least = try #require(bits?.description.firstMatch(of: /from ([0-9.]+) to ([0-9.]+)/))
    let lowest = try #require(Double(least.1))
    #expect(try plan(.bitsPerWeight(lowest)).report.bitsPerWeight <= lowest)
    let size = #expect(throws: InfeasibleTarget.self) { try plan(.fileBytes(1000)) }
    let interval = try #require(size?.feasible)
    #expect(
      try plan(.fileBytes(interval.lowerBound)).report.fileBytes == interval.lowerBound)
    #expect(throws: InfeasibleTarget.self) { try plan(.fileBytes(interval.lowerBound - 1)) }
    let best = try plan(.fileBytes(interval.upperBound)).report
    #expect(best.fileBytes == interval.upperBound && best.plan.loss == 0)
  }
}
