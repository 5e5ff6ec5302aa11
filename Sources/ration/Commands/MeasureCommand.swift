import ArgumentParser
import Workflows

struct MeasureCommand: TensorwiseCommand, ResumableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measure for a plan, on one of several machines.",
    discussion: """
      Measures what plan would measure with the same options, or a share of it, into a file of its own. \
      ration cache merge takes such files into the cache of whoever plans.

      Examples:
        ration measure model.gguf --statistics stats.gguf --shard 3/8 -o m/3-of-8.measured
        ration cache merge m/*.measured

      Next: ration plan, with the same options.
      """)

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String

  @OptionGroup(title: "Share") var share: ShareOptions
  @OptionGroup(title: "Choice") var start: SkeletonOptions
  @OptionGroup var planning: PlanInputOptions
  @OptionGroup(title: "Output") var result: MeasureOutputOptions
  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard planning.measurement.cache == nil else {
      throw ValidationError("--cache is of plan: what measure has done is kept beside its output.")
    }
    guard start.maxMoves == nil else {
      throw ValidationError("--max-moves is of plan: all types are measured.")
    }
  }

  func run() throws {
    let request = MeasureRequest(
      inputs: try planning.inputs(
        model: model, skeleton: try start.skeleton.map { try SkeletonFile.read($0) }),
      share: share.shard?.share ?? .all, output: result.output, overwrite: result.force,
      version: Ration.version)
    let report = try MeasureWorkflow.run(request, options.session)
    if !options.quiet { try Output.standard.writeAll(report) }
  }
}

/// Where measurements go.
struct MeasureOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"),
    completion: .file(extensions: ["measured"]), transform: FilePaths.named)
  var output: String

  @Flag(help: "Overwrite an existing file of other measurements.")
  var force = false
}
