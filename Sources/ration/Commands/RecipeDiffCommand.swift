import ArgumentParser
import Codecs
import Measurement
import Planning
import Reports
import Workflows

struct RecipeDiffCommand: TensorwiseCommand, ResumableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two recipes.",
    discussion: """
      With a model: the tensors whose types differ, with their bytes and the loss that is predicted \
      for each side, measured as for a plan, and both sides of the whole model. Without one: the \
      rules that differ.

      Examples:
        ration recipe diff my.recipe IQ4_XS --model model.gguf --statistics stats.gguf
        ration recipe diff my.recipe other.recipe

      Next: ration recipe show has the sizes of one recipe by type.
      """)

  @Argument(help: .recipe, completion: .recipe, transform: FilePaths.named)
  var a: String

  @Argument(help: "Another recipe.", completion: .recipe, transform: FilePaths.named)
  var b: String

  @Option(
    help: ArgumentHelp(
      "The GGUF model to compare on; of a split one the first shard.",
      discussion: "Without it, --statistics and --sample make no sense and are refused.",
      valueName: "file"),
    completion: .model, transform: FilePaths.named)
  var model: String?

  @OptionGroup(title: "Loss") var loss: StatisticsOptions
  @OptionGroup(title: "Loss") var source: SensitivityOptions
  @OptionGroup(title: "Measurement") var measurement: MeasurementOptions
  @OptionGroup(title: "Output") var records: RecordOptions
  @OptionGroup var options: SessionOptions

  func validate() throws {
    if model == nil, loss.statistics != nil || measurement.sample != nil {
      throw ValidationError("--statistics and --sample measure a model: give --model.")
    }
  }

  var isResumable: Bool { model != nil }

  func run() throws {
    let (statistics, sensitivity) = try source.resolved(with: loss.statistics)
    let hasImatrix = model == nil || statistics != nil
    let paths = [a, b].map { RecipePlace($0).path }
    let session = options.session
    let a = try RecipeFile.read(a, model: model, imatrix: hasImatrix, session).recipe
    let b = try RecipeFile.read(b, model: model, imatrix: hasImatrix, session).recipe
    guard let model else {
      return try records.print(RuleDiffReport(a.rules, b.rules))
    }
    let report = try RecipeDiffWorkflow.run(
      RecipeDiffRequest(
        a: a, b: b, recipePaths: paths, model: model, statistics: statistics,
        sensitivity: sensitivity,
        sampling: measurement.sample ?? .automatic, weighting: measurement.weighting,
        cache: measurement.cachePath, allowRequantize: measurement.allowRequantize,
        version: Ration.version), session)
    try records.print(report)
  }
}
