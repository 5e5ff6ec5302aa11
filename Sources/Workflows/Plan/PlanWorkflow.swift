import Codecs
package import GGUF
import Measurement
package import Planning
package import Reports

/// A plan for a model: the recipe that says it, and the report that shows it.
package struct PlannedModel: Sendable {
  package let recipe: Recipe
  package let report: PlanReport
}

/// Plans: measures what types would cost each tensor, and chooses within a budget.
package enum PlanWorkflow: Workflow {
  package static func run(
    _ request: PlanRequest, to outputs: [Reservation], _ session: Session
  ) throws -> PlannedModel {
    let validation = try request.validation.map {
      try PlanValidation($0, model: request.inputs.model, session)
    }
    let model = try MeasuredModel.measuring(
      request.inputs, countsPadding: request.target.countsPadding, session)
    let unchanged = try model.source.output(
      types: model.source.file.tensors.map(\.type), planning: model.unit,
      version: request.version)
    let budget = try PlanBudget(
      request.target, for: model.source.file, on: request.inputs.constraints.runtime,
      headerBytes: unchanged.headerBytes,
      skeletonBytes: model.skeleton?.bytes(of: model.tensors))
    let timing = try request.speed.timing(of: model.source.file, pools: budget.pools.count)
    let problem = PlanProblem(
      tensors: model.tensors, constraints: model.constraints, pools: budget.pools, timing: timing,
      unit: model.unit, skeleton: model.skeleton, maxMoves: request.maxMoves,
      references: model.references)
    let plan = try optimalPlan(for: problem, request, elements: model.source.file.elements)
    for warning in plan.warnings { try session.warn("\(warning)") }
    let choice = try validation?.choice(
      from: plan, of: problem, trials: request.trials, model: model,
      weighting: request.inputs.weighting, session)
    let best = choice?.plan ?? plan
    let reading = timing.map {
      budget.reading(of: best, $0, model.source.file, source: request.speed.source)
    }
    if let unmeasured = reading?.unmeasured, !unmeasured.isEmpty {
      try session.warn(
        "no speed of \(unmeasured.map(\.name).joined(separator: ", ")) was measured: the slowest that was stands for it"
      )
    }
    let planned = try finish(best, model, budget, reading, choice, request)
    if request.output != nil { try session.write(planned.recipe.text, to: outputs.first) }
    if let page = request.page {
      try session.write(
        try self.page(of: planned.report, model, page, request.inputs, request.speed).html,
        to: outputs.last)
    }
    return planned
  }

  private static func optimalPlan(
    for problem: PlanProblem, _ request: PlanRequest, elements: Int
  ) throws -> Plan {
    do throws(PlanError) {
      return try Plan.optimal(for: problem)
    } catch .infeasible(let pool, let budget, let feasible) {
      throw InfeasibleTarget(
        path: request.inputs.model, target: request.target, pool: pool, budget: budget,
        feasible: feasible, elements: elements)
    } catch .tooSlow(let asked, let fastest) {
      throw InfeasibleSpeed(
        path: request.inputs.model, problem: .tooSlow(asked: asked, fastest: fastest))
    } catch {
      throw error
    }
  }

  /// The report as a page, with the frontier about the plan.
  private static func page(
    of report: PlanReport, _ model: MeasuredModel, _ page: PageRequest, _ inputs: PlanInputs,
    _ speed: SpeedRequest
  ) throws -> ReportPage {
    let size = report.bitsPerWeight
    let frontier = try FrontierWorkflow.report(
      of: model, within: max(0, size - 1.5)...size + 2, speed: speed, path: inputs.model)
    let types = report.plan.entries.map { ($0.name, $0.type) }
    return try report.page(
      of: page.subject(
        model.source.file, statistics: inputs.statistics, knowledge: model.basisInWords),
      distortions: model.distortions(of: types), frontier: frontier)
  }

  private static func finish(
    _ plan: Plan, _ model: MeasuredModel, _ budget: PlanBudget, _ reading: TokenReading?,
    _ choice: PlanValidation.Choice?, _ request: PlanRequest
  ) throws -> PlannedModel {
    let source = model.source
    let output = try source.output(
      types: plan.entries.map(\.type), planning: model.unit, version: request.version)
    let report = PlanReport(
      plan: plan, fileBytes: output.fileBytes, bitsPerWeight: output.bitsPerWeight,
      elements: source.file.elements, knowledge: model.basisInWords,
      skeleton: model.skeleton?.name, context: budget.context,
      reading: reading,
      evaluation: choice?.evaluation,
      trials: choice?.trials ?? [])
    let recipe = try plan.recipe(
      provenance: try record(of: plan, output, model, request).provenance)
    return PlannedModel(
      recipe: try recipe.outcome(for: source.file.tensors).sealed(), report: report)
  }

  /// What the recipe says about its plan, for those who read it and for `apply`.
  private static func record(
    of plan: Plan, _ output: OutputPlan, _ model: MeasuredModel, _ request: PlanRequest
  ) throws -> PlanRecord {
    let inputs = request.inputs
    return PlanRecord(
      version: request.version, model: inputs.model.fileName,
      modelFingerprint: try ContentDigest(fingerprintOf: model.source.file).hexadecimal,
      statistics: try model.source.statisticsRecord(), moments: try model.moments?.record(),
      sensitivity: model.basis.provenance,
      skeleton: model.skeleton?.name, maxMoves: request.maxMoves,
      target: request.target.budgets + request.speed.budgets,
      weighting: inputs.weighting == .importance ? nil : inputs.weighting.rawValue,
      runtime: inputs.constraints.runtime, bitsPerWeight: output.bitsPerWeight,
      fileBytes: output.fileBytes, promise: Promise(unit: plan.unit, loss: plan.loss),
      lowerBound: plan.lowerBound, isOptimal: plan.isOptimal)
  }
}

extension SpeedRequest {
  /// The least speed as a recipe records it.
  fileprivate var budgets: [PlanRecord.Budget] {
    least.map { [.init(name: "min-speed", value: "\($0)")] } ?? []
  }
}

extension PlanTarget {
  /// The budgets as a recipe records them.
  fileprivate var budgets: [PlanRecord.Budget] {
    switch self {
    case .bitsPerWeight(let bits): [.init(name: "target-bpw", value: "\(bits)")]
    case .fileBytes(let bytes): [.init(name: "target-size", value: "\(bytes)")]
    case .skeleton, .speed: []
    case .memory(let pools, let context):
      pools.map { pool in
        .init(name: "memory" + (pool.name.map { "-\($0)" } ?? ""), value: "\(pool.bytes)")
      }
        + (context.map {
          [
            .init(name: "context", value: "\($0.tokens)"),
            .init(name: "kv-type", value: $0.type.name),
          ]
        } ?? [])
    }
  }
}
