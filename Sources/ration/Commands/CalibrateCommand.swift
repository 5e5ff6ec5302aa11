import ArgumentParser
import Reports
import Workflows

struct CalibrateCommand: ResumableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Measure how much errors in each tensor of a model matter.",
    discussion: """
      Runs the model forward and backward over text, and writes an importance matrix that llama.cpp \
      reads too, with the row sensitivities that plans are best made with. Labels for the gradients \
      are sampled from the model. Without --text and --self, the text is a mixture that comes with \
      ration. Where a text is shorter than --tokens, the model writes the rest itself. An interrupted calibration goes on where it was when the same command runs again.

      Examples:
        ration calibrate model.gguf -o stats.gguf
        ration calibrate model.gguf --text my.txt --tokens 100000 -o stats.gguf

      Next: ration plan --statistics chooses the types with them.
      """)

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String

  @OptionGroup(title: "Text") var source: CalibrationTextOptions
  @OptionGroup(title: "Output") var result: StatisticsOutputOptions
  @OptionGroup(title: "Several machines") var share: ShareOptions

  @Flag(
    help: ArgumentHelp(
      "Write the statistics once shares have run all batches.",
      discussion: "Takes the same options."))
  var finish = false

  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard share.shard == nil || !finish else {
      throw ValidationError("--shard and --finish exclude each other.")
    }
    guard result.covariance == nil || (share.shard == nil && !finish) else {
      throw ValidationError("--covariance is not shared: calibrate with it on one machine.")
    }
  }

  func run() throws {
    let request = CalibrateRequest(
      model: model,
      text: try source.requestedText, tokens: source.tokens, sequence: source.sequence,
      seed: source.seed,
      fixesRouting: source.fixedRouting, output: result.output, legacyOutput: result.dat,
      covarianceOutput: result.covariance, overwrite: result.force,
      part: finish ? .finish : share.shard.map { .share($0.share) } ?? .whole)
    if share.shard != nil {
      let report = try CalibrateShareWorkflow.run(request, options.session)
      if !options.quiet { try Output.standard.writeAll(report) }
      return
    }
    let report = try CalibrateWorkflow.run(request, options.session)
    if result.json {
      try Output.standard.writeAll(try report.json())
    } else if !options.quiet {
      try Output.standard.writeAll(report)
    }
  }
}

/// What a calibration runs over.
struct CalibrationTextOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A text to calibrate on; may be given several times.",
      discussion: "Best is text such as the model will meet in use.", valueName: "file"),
    completion: .text, transform: FilePaths.named)
  var text: [String] = []

  @Flag(
    name: .customLong("self"),
    help: ArgumentHelp(
      "Calibrate on nothing but text that the model itself writes.",
      discussion: "Not together with --text."))
  var isSelf = false

  @Option(
    help: ArgumentHelp(
      "How many tokens to calibrate on; spread over the text where it has more.",
      discussion: """
        Where the text has fewer, the model writes the rest behind it. Ask for fewer tokens to have \
        no written text. Twice as many take twice as long, and make the statistics more certain.
        """,
      valueName: "count"))
  var tokens: Int = CalibrateRequest.usualTokens

  @Option(
    help: ArgumentHelp(
      "Tokens of a sequence.",
      discussion: """
        By default \(CalibrateRequest.usualSequence), or the model's context where that is shorter.
        """,
      valueName: "count"))
  var sequence: Int?

  @Option(
    help: ArgumentHelp("What sampled labels and texts depend on.", valueName: "number"))
  var seed: UInt64 = 0

  @Flag(
    help: ArgumentHelp(
      "Take the choice of experts as given.",
      discussion: """
        Errors may send a token to other experts. That counts, unless this is given: statistics are then those that \
        PyTorch's gradients give.
        """))
  var fixedRouting = false

  func validate() throws {
    guard text.isEmpty || !isSelf else { throw ValidationError("Give one of --text and --self.") }
    if let sequence, !(2...1 << 20).contains(sequence) {
      throw ValidationError("--sequence must be from 2 to \(1 << 20), not \(sequence)")
    }
    guard ((sequence ?? 2)...1 << 40).contains(tokens) else {
      throw ValidationError("--tokens must be at least a sequence's, not \(tokens)")
    }
  }

  /// The text that the options ask for.
  var requestedText: CalibrateRequest.Text {
    get throws {
      isSelf ? .sampled : .files(text.isEmpty ? try SharedFolder.mixedText() : text)
    }
  }
}

/// Where statistics go.
struct StatisticsOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write the statistics.", valueName: "file"),
    completion: .model, transform: FilePaths.named)
  var output: String

  @Option(
    help: ArgumentHelp(
      "Where to write the importance as a legacy imatrix too.",
      discussion: "For programs that do not read GGUF ones. It has no row sensitivities.",
      valueName: "file"),
    completion: .file(extensions: ["dat"]), transform: FilePaths.named)
  var dat: String?

  @Option(
    help: ArgumentHelp(
      "Where to write the second moments of what each tensor reads too.",
      discussion: """
        They take a second pass over the text, and much room: columns × columns × 2 bytes for each input.
        """,
      valueName: "file"),
    completion: .model, transform: FilePaths.named)
  var covariance: String?

  @Flag(help: "Print how certain the statistics are as JSON.")
  var json = false

  @Flag(help: "Replace existing outputs.")
  var force = false
}
