package import GGUF
import Measurement
import Planning
package import Reports

/// What `ration frontier` is asked for.
package struct FrontierRequest: CommandRequest {
  package var inputs: PlanInputs
  /// The sizes to show, in bits per weight over all tensors.
  package var range: ClosedRange<Double>
  /// How fast the memory is.
  package var speed: SpeedRequest
  /// Where the picture goes; nil for none.
  package var picture: String?
  /// Whether an existing picture may be replaced.
  package var overwrite: Bool
  /// The report as a page; nil for none.
  package var page: PageRequest?

  package init(
    inputs: PlanInputs, range: ClosedRange<Double>, speed: SpeedRequest = SpeedRequest(),
    picture: String? = nil, overwrite: Bool = false, page: PageRequest? = nil
  ) {
    self.inputs = inputs
    self.range = range
    self.speed = speed
    self.picture = picture
    self.overwrite = overwrite
    self.page = page
  }

  package var files: CommandFiles {
    inputs.files(reading: speed.tables, writing: picture, overwrite: overwrite, page: page)
  }
}

/// Finds what every further byte buys: the plans of all sizes at once.
package enum FrontierWorkflow: Workflow {
  package static func run(
    _ request: FrontierRequest, to outputs: [Reservation], _ session: Session
  ) throws -> FrontierReport {
    let model = try MeasuredModel.measuring(request.inputs, countsPadding: false, session)
    let report = try report(
      of: model, within: request.range, speed: request.speed, path: request.inputs.model)
    if request.picture != nil { try session.write(report.svg, to: outputs.first) }
    if let page = request.page {
      let subject = page.subject(
        model.source.file, statistics: request.inputs.statistics, knowledge: model.basisInWords)
      try session.write(try report.page(of: subject).html, to: outputs.last)
    }
    return report
  }

  /// The best plans of sizes in a range.
  ///
  /// - Parameters:
  ///   - range: in bits per weight over all tensors.
  ///   - path: the model's, for errors.
  static func report(
    of model: MeasuredModel, within range: ClosedRange<Double>, speed: SpeedRequest, path: String
  ) throws -> FrontierReport {
    let elements = model.source.file.elements
    let bytes = { (bits: Double) in Int(min(bits * Double(elements) / 8, 0x1p53)) }
    var timing = try speed.timing(of: model.source.file, pools: 1)
    // A frontier shows every speed.
    timing?.minSpeed = nil
    let problem = PlanProblem(
      tensors: model.tensors, constraints: model.constraints,
      pools: [Pool(budget: .max)], timing: timing, unit: model.unit, references: model.references)
    let (frontier, choices, baselines): (Frontier, [Choice], [Baseline])
    do throws(PlanError) {
      (frontier, choices, baselines) = try problem.frontier(
        within: bytes(range.lowerBound)...bytes(range.upperBound))
    } catch .infeasible(let pool, let budget, let feasible) {
      throw InfeasibleTarget(
        path: path, target: .bitsPerWeight(range.upperBound), pool: pool,
        budget: budget, feasible: feasible, elements: elements)
    } catch {
      throw error
    }
    return FrontierReport(
      model: model.name, frontier: frontier, of: choices,
      references: baselines.map(FrontierReport.Reference.init), elements: elements, fixedBytes: 0,
      unit: model.unit, hasSpeeds: timing != nil)
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
