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
    let source = try SourceModel(
      path: request.model, statistics: request.statistics,
      allowRequantize: request.allowRequantize, session)
    let unit = try source.lossUnit()
    try source.checkSensitivity(session)
    let cache = try source.openCache(request.cache, session)
    let measurement = ModelMeasurement(
      source: source, cache: cache, sampling: request.sampling, unit: unit,
      weighting: request.weighting, session: session)
    let tensors = try PlanCandidates(measurement: measurement, request: request).measured()

    let pending = PendingFile(source: source, unit: unit, version: request.version)
    let plan = try optimalPlan(
      for: tensors, unit: unit, fixedBytes: request.target.countsFile ? pending.headerBytes() : 0,
      request, elements: source.file.elements)
    for warning in plan.warnings { try session.warn("\(warning)") }
    return try finish(plan, pending, request)
  }

  private static func optimalPlan(
    for tensors: [MeasuredTensor], unit: LossUnit, fixedBytes: Int, _ request: PlanRequest,
    elements: Int
  ) throws -> Plan {
    do throws(PlanError) {
      return try Plan.optimal(
        for: tensors, under: request.constraints, budget: budget(request.target, elements),
        fixedBytes: fixedBytes, unit: unit)
    } catch .allocation(.infeasible(_, let feasible)) {
      throw InfeasibleTarget(
        path: request.model, target: request.target, feasible: feasible, elements: elements)
    } catch {
      throw error
    }
  }

  /// The bytes that may be spent; a model has fewer than 2⁵³.
  private static func budget(_ target: PlanRequest.Target, _ elements: Int) -> Int {
    switch target {
    case .fileBytes(let bytes): bytes
    case .bitsPerWeight(let bits): Int(min(bits * Double(elements) / 8, 0x1p53))
    }
  }

  private static func finish(
    _ plan: Plan, _ pending: PendingFile, _ request: PlanRequest
  ) throws -> PlannedModel {
    let layout = try pending.layout(types: plan.entries.map(\.type))
    let elements = pending.source.file.elements
    let report = PlanReport(
      plan: plan, fileBytes: layout.fileBytes, bitsPerWeight: layout.bitsPerWeight,
      elements: elements)
    return PlannedModel(
      recipe: try plan.recipe(provenance: provenance(report, request)), report: report)
  }

  /// Where the recipe comes from, for those who read it and for `apply`.
  private static func provenance(_ report: PlanReport, _ request: PlanRequest) -> Provenance {
    var provenance = Provenance()
    provenance["ration"] = request.version
    provenance["model"] = request.model.fileName
    provenance["statistics"] = request.statistics?.fileName
    switch request.target {
    case .bitsPerWeight(let bits): provenance["target-bpw"] = "\(bits)"
    case .fileBytes(let bytes): provenance["target-size"] = "\(bytes)"
    }
    if request.weighting != .importance { provenance["weighting"] = request.weighting.rawValue }
    provenance["runtime"] = request.constraints.runtime.rawValue
    provenance["bpw"] = "\(report.bitsPerWeight)"
    provenance["bytes"] = "\(report.fileBytes)"
    provenance[report.plan.unit.predictionName] = "\(report.plan.loss)"
    provenance["lower_bound"] = "\(report.plan.lowerBound)"
    provenance["optimal"] = "\(report.plan.isOptimal)"
    return provenance
  }
}
