package import GGUF
import Measurement
import Planning
package import Reports

/// What `ration frontier` is asked for.
package struct FrontierRequest: CommandRequest {
  package var inputs: PlanInputs
  /// The sizes to show, in bits per weight over all tensors.
  package var range: ClosedRange<Double>
  /// Where the picture goes; nil for none.
  package var picture: String?
  /// Whether an existing picture may be replaced.
  package var overwrite: Bool

  package init(
    inputs: PlanInputs, range: ClosedRange<Double>, picture: String? = nil, overwrite: Bool = false
  ) {
    self.inputs = inputs
    self.range = range
    self.picture = picture
    self.overwrite = overwrite
  }

  package var files: CommandFiles { inputs.files(writing: picture, overwrite: overwrite) }
}

/// Finds what every further byte buys: the plans of all sizes at once.
package enum FrontierWorkflow: Workflow {
  package static func run(
    _ request: FrontierRequest, to outputs: [Reservation], _ session: Session
  ) throws -> FrontierReport {
    let model = try MeasuredModel.measuring(request.inputs, countsPadding: false, session)
    let elements = model.source.file.elements
    let bytes = { (bits: Double) in Int(min(bits * Double(elements) / 8, 0x1p53)) }
    let problem = PlanProblem(
      tensors: model.tensors, constraints: model.constraints,
      pools: [Pool(budget: .max)], unit: model.unit, references: model.references)
    let (frontier, choices, baselines): (Frontier, [Choice], [Baseline])
    do throws(PlanError) {
      (frontier, choices, baselines) = try problem.frontier(
        within: bytes(request.range.lowerBound)...bytes(request.range.upperBound))
    } catch .infeasible(let pool, let budget, let feasible) {
      throw InfeasibleTarget(
        path: request.inputs.model, target: .bitsPerWeight(request.range.upperBound), pool: pool,
        budget: budget, feasible: feasible, elements: elements)
    } catch {
      throw error
    }
    let report = FrontierReport(
      model: model.name, frontier: frontier, of: choices,
      references: baselines.map(FrontierReport.Reference.init), elements: elements, fixedBytes: 0,
      unit: model.unit)
    try session.write(report.svg, to: outputs.first)
    return report
  }
}

extension FrontierReport.Reference {
  fileprivate init(_ baseline: Baseline) {
    let kind: Kind =
      switch baseline.kind {
      case .type: .type
      case .mix: .skeleton
      }
    self.init(
      name: baseline.kind.name, kind: kind, bytes: baseline.bytes, loss: baseline.loss)
  }
}

extension MeasuredModel {
  /// What the file calls the model, or the file's name.
  fileprivate var name: String {
    source.file.metadata["general.name"]?.string ?? source.file.path.fileName
  }
}
