import ArgumentParser
import Reports
import Workflows

struct FrontierCommand: TensorwiseCommand, ResumableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frontier",
    abstract: "Show what every further byte buys.",
    discussion: """
      The best plans of all sizes at once, with single types and stock mixes to compare: a table, and \
      a picture with --svg. --csv and --json have every breakpoint, with the tensor that moves there.

      Examples:
        ration frontier model.gguf --statistics stats.gguf
        ration frontier model.gguf --from 3 --to 5 --svg frontier.svg

      Next: ration plan makes the recipe for the size that you choose.
      """)

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String

  @OptionGroup(title: "Range") var range: RangeOptions
  @OptionGroup(title: "Range") var memory: SpeedOptions
  @OptionGroup var planning: PlanInputOptions
  @OptionGroup(title: "Output") var records: RecordOptions
  @OptionGroup(title: "Output") var picture: PictureOptions
  @OptionGroup(title: "Output") var page: PageOptions
  @OptionGroup var options: SessionOptions

  func validate() throws { try memory.validate(memories: 1) }

  func run() throws {
    let report = try FrontierWorkflow.run(
      FrontierRequest(
        inputs: try planning.inputs(model: model), range: range.from...range.to,
        speed: SpeedRequest(memories: memory.memories),
        picture: picture.svg, overwrite: picture.force,
        page: page.page(overwrite: picture.force)),
      options.session)
    try records.print(report)
  }
}

/// The sizes that a frontier shows.
struct RangeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Bits per weight to begin at.", valueName: "bits"))
  var from: Double = 2.5

  @Option(help: ArgumentHelp("Bits per weight to end at.", valueName: "bits"))
  var to: Double = 6

  func validate() throws {
    guard from >= 0, from < to, to.isFinite else {
      throw ValidationError("--from must be less than --to, neither negative")
    }
  }
}

/// Where the picture of a frontier goes.
struct PictureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Where to draw the picture.", valueName: "file"),
    completion: .file(extensions: ["svg"]), transform: FilePaths.named)
  var svg: String?

  @Flag(help: "Overwrite an existing picture or page.")
  var force = false
}
