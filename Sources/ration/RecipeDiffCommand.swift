import ArgumentParser
import Codecs
import Measurement
import Planning
import Reports
import Workflows

struct RecipeDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two recipes.",
    discussion: """
      With a model: the tensors whose types differ, with their bytes and the loss that is predicted \
      for each side, measured as for a plan, and both sides of the whole model. Without one: the \
      rules that differ.
      """)

  @Argument(help: "A recipe, in any form.", completion: .file())
  var a: String

  @Argument(help: "Another.", completion: .file())
  var b: String

  @Option(help: "The GGUF model; of a split one the first shard.", completion: .file())
  var model: String?

  @Option(
    help: "Importance matrix, with row sensitivities where it has them.", completion: .file())
  var statistics: String?

  @Option(help: SensitivitySource.help)
  var sensitivity: SensitivitySource = .automatic

  @Option(help: ArgumentHelp("Share of the rows to measure, or full.", valueName: "fraction|full"))
  var sample: Sampling?

  @Option(help: Weighting.help)
  var weighting: Weighting = .importance

  @OptionGroup var records: RecordOptions

  @Flag(help: "Compare on a model that is quantized already.")
  var allowRequantize = false

  @OptionGroup var cache: CacheOptions
  @OptionGroup var options: SessionOptions

  func validate() throws {
    if model == nil, statistics != nil || sample != nil {
      throw ValidationError("--statistics and --sample measure a model: give --model.")
    }
  }

  func run() throws {
    let hasImatrix = model == nil || statistics != nil
    let a = try RecipeFile.read(a, model: model, imatrix: hasImatrix)
    let b = try RecipeFile.read(b, model: model, imatrix: hasImatrix)
    guard let model else {
      return try records.print(RuleDiffReport(a.rules, b.rules))
    }
    let report = try RecipeDiffWorkflow.run(
      RecipeDiffRequest(
        a: a, b: b, model: model, statistics: statistics, sensitivity: sensitivity,
        sampling: sample ?? .automatic, weighting: weighting, cache: cache.path,
        allowRequantize: allowRequantize,
        version: Ration.version), options.session)
    try records.print(report)
  }
}
