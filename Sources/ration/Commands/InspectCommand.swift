import ArgumentParser
import GGUF
import Measurement
import Planning
import Reports
import Workflows

struct InspectCommand: TensorwiseCommand, ResumableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Report the error of each tensor under each type.",
    discussion: """
      Per tensor and type: the predicted KL divergence where row sensitivities are known, else the \
      weighted squared error, the weighted relative error, RMSE, the largest error and the 95th \
      percentile; per tensor the cheapest next upgrade and its gain.

      With --against, what each tensor of a quantized model, made by any tool, really lost.

      Examples:
        ration inspect model.gguf --statistics stats.gguf --types q4_K,iq4_kss --sort loss
        ration inspect small.gguf --against model.gguf --statistics stats.gguf

      Next: ration plan chooses among the types.
      """)

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String

  @OptionGroup(title: "Selection") var subject: SubjectOptions
  @OptionGroup(title: "Loss") var loss: StatisticsOptions
  @OptionGroup(title: "Measurement") var measurement: MeasurementOptions
  @OptionGroup(title: "Output") var order: OrderOptions
  @OptionGroup(title: "Output") var records: RecordOptions
  @OptionGroup(title: "Output") var page: SolePageOptions
  @OptionGroup var options: SessionOptions

  func validate() throws {
    if subject.against != nil, subject.types != nil || measurement.sample != nil {
      throw ValidationError(
        "--against measures what is there: it takes no --types and no --sample.")
    }
  }

  /// A comparison measures what no cache keeps.
  var isResumable: Bool { subject.against == nil }

  func run() throws { try records.print(try report()) }

  private func report() throws -> DistortionReport {
    let pattern = try subject.pattern()
    if let against = subject.against {
      return try CompareWorkflow.run(
        CompareRequest(
          model: model, source: against, statistics: loss.statistics, pattern: pattern,
          order: order.sort, page: page.page),
        options.session)
    }
    return try InspectWorkflow.run(
      InspectRequest(
        model: model, statistics: loss.statistics, types: subject.types?.types, pattern: pattern,
        order: order.sort,
        sampling: measurement.sample ?? .automatic, weighting: measurement.weighting,
        cache: measurement.cachePath,
        allowRequantize: measurement.allowRequantize, page: page.page),
      options.session)
  }
}

/// What an inspection is about.
struct SubjectOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model that the quantized one was made from.",
      discussion:
        "Every row is measured under the type that it has: --types and --sample are refused.",
      valueName: "file"),
    completion: .model, transform: FilePaths.named)
  var against: String?

  @Option(
    help: ArgumentHelp(
      "The types to try.",
      discussion: "Of " + TypeList.names.joined(separator: ", ")
        + ". By default all that quantize.",
      valueName: "a,b,…"))
  var types: TypeList?

  @Option(help: ArgumentHelp("Only the tensors that match.", valueName: "regex"))
  var tensor: String?

  /// The pattern of `--tensor`.
  func pattern() throws -> TensorPattern? {
    do {
      return try tensor.map { try TensorPattern($0) }
    } catch {
      throw ValidationError("--tensor: \(error)")
    }
  }
}

/// The order of an inspection's tensors.
struct OrderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What to sort tensors by.",
      discussion: """
        file keeps the order of the file. size, loss, error and gain put the largest first; loss and \
        error are those of the smallest type, gain is that of the first upgrade by byte.
        """,
      valueName: "key"))
  var sort: DistortionReport.Order = .file
}
