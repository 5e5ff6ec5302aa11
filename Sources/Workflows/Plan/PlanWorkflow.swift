import Codecs
import GGUF
import Measurement
package import Planning
package import Reports

/// A plan for a model: the recipe that says it, and the report that shows it.
package struct PlannedModel: Sendable {
  package let recipe: Recipe
  package let report: PlanReport
}

/// Plans: measures what types would cost each tensor, and chooses within a budget.
package enum PlanWorkflow {
  package static func run(_ request: PlanRequest, _ session: Session) throws -> PlannedModel {
    let validation = try request.validation.map {
      try PlanValidation($0, model: request.inputs.model, session)
    }
    let model = try MeasuredModel(
      request.inputs, countsPadding: request.target.countsPadding, session)
    let pending = PendingFile(source: model.source, unit: model.unit, version: request.version)
    let budget = try PlanBudget(
      request.target, for: model.source.file, headerBytes: try pending.headerBytes(),
      skeletonBytes: model.skeleton?.bytes(of: model.tensors))
    let plan = try optimalPlan(
      for: PlanProblem(
        tensors: model.tensors, constraints: request.inputs.constraints, pools: budget.pools,
        unit: model.unit, skeleton: model.skeleton, maxMoves: request.maxMoves,
        references: model.references),
      request, elements: model.source.file.elements)
    for warning in plan.warnings { try session.warn("\(warning)") }
    let evaluation = try validation?.evaluate(
      plan, of: model, weighting: request.inputs.weighting, session)
    return try finish(plan, model, budget, pending, evaluation, request)
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
    } catch {
      throw error
    }
  }

  private static func finish(
    _ plan: Plan, _ model: MeasuredModel, _ budget: PlanBudget, _ pending: PendingFile,
    _ evaluation: Evaluation?, _ request: PlanRequest
  ) throws -> PlannedModel {
    let layout = try pending.layout(types: plan.entries.map(\.type))
    let report = PlanReport(
      plan: plan, fileBytes: layout.fileBytes, bitsPerWeight: layout.bitsPerWeight,
      elements: model.source.file.elements, knowledge: model.knowledgeInWords,
      skeleton: model.skeleton?.name, context: budget.context, evaluation: evaluation)
    return PlannedModel(
      recipe: try plan.recipe(provenance: provenance(report, model, request)), report: report)
  }

  /// Where the recipe comes from, for those who read it and for `apply`.
  private static func provenance(
    _ report: PlanReport, _ model: MeasuredModel, _ request: PlanRequest
  ) -> Provenance {
    let inputs = request.inputs
    var provenance = Provenance()
    provenance["ration"] = request.version
    provenance["model"] = inputs.model.fileName
    provenance["statistics"] = inputs.statistics?.fileName
    provenance["sensitivity"] = model.knowledge.provenance
    provenance["skeleton"] = model.skeleton?.name
    provenance["max-moves"] = request.maxMoves.map { "\($0)" }
    for (key, value) in request.target.provenance { provenance[key] = value }
    if inputs.weighting != .importance { provenance["weighting"] = inputs.weighting.rawValue }
    provenance["runtime"] = inputs.constraints.runtime.rawValue
    provenance["bpw"] = "\(report.bitsPerWeight)"
    provenance["bytes"] = "\(report.fileBytes)"
    provenance[report.plan.unit.predictionName] = "\(report.plan.loss)"
    provenance["lower_bound"] = "\(report.plan.lowerBound)"
    provenance["optimal"] = "\(report.plan.isOptimal)"
    return provenance
  }
}

extension PlanTarget {
  /// The target as a recipe tells it.
  fileprivate var provenance: [(key: String, value: String)] {
    switch self {
    case .bitsPerWeight(let bits): [("target-bpw", "\(bits)")]
    case .fileBytes(let bytes): [("target-size", "\(bytes)")]
    case .skeleton: []
    case .memory(let pools, let context):
      pools.map { ("memory" + ($0.name.map { "-\($0)" } ?? ""), "\($0.bytes)") }
        + (context.map { [("context", "\($0.tokens)"), ("kv-type", $0.type.name)] } ?? [])
    }
  }
}
