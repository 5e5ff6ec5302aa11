import ArgumentParser
import GGUF
import Reports
import Workflows

struct FrontierCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frontier",
    abstract: "Show what every further byte buys.",
    discussion: """
      The best plans of all sizes at once, with single types and stock mixes to compare: a table, and \
      a picture with --svg. --csv and --json have every breakpoint, with the tensor that moves there.
      """)

  @Argument(help: "The GGUF model; of a split one the first shard.", completion: .file())
  var model: String

  @Option(help: ArgumentHelp("Bits per weight to begin at.", valueName: "bpw"))
  var from: Double = 2.5

  @Option(help: ArgumentHelp("Bits per weight to end at.", valueName: "bpw"))
  var to: Double = 6

  @Option(help: ArgumentHelp("Where to draw the picture.", valueName: "file"))
  var svg: String?

  @OptionGroup var records: RecordOptions

  @Flag(help: "Overwrite an existing picture.")
  var force = false

  @OptionGroup(title: "Choice") var choice: PlanInputOptions
  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard from >= 0, from < to, to.isFinite else {
      throw ValidationError("--from must be less than --to, neither negative")
    }
  }

  func run() throws {
    let inputs = [model, choice.statistics].compactMap { $0 }
    if let svg { try WholeFile.checkWritable(svg, inputs: inputs, overwrite: force) }
    let report = try FrontierWorkflow.run(
      FrontierRequest(inputs: try choice.inputs(model: model), range: from...to), options.session)
    if let svg {
      try WholeFile.write(
        Array(report.svg.utf8), to: svg, inputs: inputs, overwrite: force)
    }
    try records.print(report)
  }
}
