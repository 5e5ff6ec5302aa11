import ArgumentParser
import Codecs
import GGUF
import Measurement
import Planning
import Reports
import Workflows

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Report the error of each tensor under each type.",
    discussion: """
      Per tensor and type: the predicted KL divergence where row sensitivities are known, else the \
      weighted squared error, the weighted relative error, RMSE, the largest error and the 95th \
      percentile; per tensor the cheapest next upgrade and its gain.

      With --against, what each tensor of a quantized model, made by any tool, really lost.
      """)

  @Argument(help: "The GGUF model; of a split one the first shard.", completion: .file())
  var model: String

  @Option(
    help: "Importance matrix, with row sensitivities where it has them.", completion: .file())
  var statistics: String?

  @Option(help: "The model that MODEL was quantized from.", completion: .file())
  var against: String?

  @Option(help: TypeList.help("The types to try."))
  var types: TypeList?

  @Option(help: ArgumentHelp("Only the tensors that match.", valueName: "regex"))
  var tensor: String?

  @Option(help: "What to sort tensors by.")
  var sort: DistortionReport.Order = .file

  @Option(help: ArgumentHelp("Share of the rows to measure, or full.", valueName: "fraction|full"))
  var sample: Sampling?

  @Option(help: Weighting.help)
  var weighting: Weighting = .importance

  @OptionGroup var records: RecordOptions

  @Flag(help: "Inspect a model that is quantized already.")
  var allowRequantize = false

  @OptionGroup var cache: CacheOptions
  @OptionGroup var options: SessionOptions

  func validate() throws {
    if against != nil, types != nil || sample != nil {
      throw ValidationError(
        "--against measures what is there: it takes no --types and no --sample.")
    }
  }

  func run() throws {
    try records.print(try report())
  }

  private func report() throws -> DistortionReport {
    let pattern = try pattern()
    if let against {
      return try CompareWorkflow.run(
        CompareRequest(
          model: model, source: against, statistics: statistics, pattern: pattern, order: sort),
        options.session)
    }
    return try InspectWorkflow.run(
      InspectRequest(
        model: model, statistics: statistics, types: types?.types, pattern: pattern, order: sort,
        sampling: sample ?? .automatic, weighting: weighting, cache: cache.path,
        allowRequantize: allowRequantize),
      options.session)
  }

  private func pattern() throws -> TensorPattern? {
    do {
      return try tensor.map { try TensorPattern($0) }
    } catch {
      throw ValidationError("--tensor: \(error)")
    }
  }
}
