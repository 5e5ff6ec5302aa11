import ArgumentParser
import Planning
import Reports
import Workflows

struct ApplyCommand: TensorwiseCommand, ResumableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Write the model that a recipe describes.",
    discussion: """
      Takes recipes of ration and those that others publish: regex=type, one a line or divided by \
      commas, the first match counts. Norms, biases, routers and the like keep their type, and so \
      does a tensor that no rule matches. The output gets its name only when it is complete, has \
      been read back and verified. A run that was ended goes on when the same command is run again.

      Examples:
        ration apply my.recipe model.gguf small.gguf --statistics stats.gguf
        ration apply Q4_K_M model.gguf small.gguf

      Next: ration evaluate compares the result with the original.
      """)

  @Argument(help: .recipe, completion: .recipe, transform: FilePaths.named)
  var recipe: String

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String

  @Argument(help: "The file to write.", completion: .model, transform: FilePaths.named)
  var output: String

  @Option(
    help: ArgumentHelp(
      "The statistics that the recipe was planned with.",
      discussion: """
        Encoders weigh errors by their importance. Without them the errors are larger than was \
        planned, and types that need importance are refused.
        """,
      valueName: "file"),
    completion: .statistics, transform: FilePaths.named)
  var statistics: String?

  @OptionGroup var compensation: CompensationOptions

  @Flag(help: "Replace an existing output; never an input.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "A file that ration wrote before, to take over what would come out the same.",
      discussion: """
        Tensors whose weights, type and statistics are unchanged are copied from it, after a check of \
        their bytes. With --force it may be the output itself.
        """,
      valueName: "file"),
    completion: .model, transform: FilePaths.named)
  var update: String?

  @Flag(help: "Print what was written as JSON.")
  var json = false

  @Flag(
    help: ArgumentHelp(
      "Quantize again what is quantized already.",
      discussion: "The errors of both times add up: better take the original model."))
  var allowRequantize = false

  @OptionGroup(title: "Several files") var split: SplitOptions
  @OptionGroup(title: "Several machines") var share: ShareOptions

  @Flag(
    help: ArgumentHelp(
      "Complete an output whose files shares have written.",
      discussion: "Checks every byte of them, and writes the first file. Takes the same options."))
  var finish = false

  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard share.shard == nil || !finish else {
      throw ValidationError("--shard and --finish exclude each other.")
    }
    guard (share.shard == nil && !finish) || split.division != .whole else {
      throw ValidationError("--shard and --finish need --split-max-size or --keep-split.")
    }
  }

  /// Which files to write.
  private var part: WorkPart {
    finish ? .finish : share.shard.map { .share($0.share) } ?? .whole
  }

  func run() throws {
    let session = options.session
    let request = ApplyRequest(
      recipe: try RecipeFile.read(
        recipe, model: model, imatrix: statistics != nil, session
      ).recipe,
      recipePath: RecipePlace(recipe).path, model: model, output: output,
      statistics: statistics, moments: compensation.compensate, division: split.division,
      part: part,
      overwrite: force, update: update,
      allowRequantize: allowRequantize,
      version: Ration.version)
    let report = try ApplyWorkflow.run(request, session)
    if json {
      try Output.standard.writeAll(try report.json())
    } else if !options.quiet {
      try Output.standard.writeAll(report)
    }
  }
}
