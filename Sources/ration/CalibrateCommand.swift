import ArgumentParser
import Reports
import Workflows

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Find out what the weights of a model meet, and how much they matter.",
    discussion: """
      Runs the model forward and backward over text, and writes an importance matrix that llama.cpp \
      reads too, with the row sensitivities that plans are best made with. Labels for the gradients \
      are sampled from the model. Without --text and --self, the text is a mixture that comes with \
      ration. An interrupted calibration goes on where it was when the same command runs again.
      """)

  @Argument(help: "The GGUF model; of a split one the first shard.", completion: .file())
  var model: String

  @Option(
    help: ArgumentHelp("A text to calibrate on; may be given several times.", valueName: "file"),
    completion: .file())
  var text: [String] = []

  @Flag(name: .customLong("self"), help: "Calibrate on text that the model itself writes.")
  var isSelf = false

  @Option(help: "How many tokens to calibrate on; spread over the text where it has more.")
  var tokens: Int = CalibrateRequest.usualTokens

  @Option(
    help: ArgumentHelp(
      "Tokens of a sequence, by default \(CalibrateRequest.usualSequence), or the model's context "
        + "where that is shorter."))
  var sequence: Int?

  @Option(help: "What sampled labels and texts depend on.")
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Where to write the importance as a legacy imatrix too.", valueName: "file"))
  var dat: String?

  @Option(name: .shortAndLong, help: "Where to write the statistics.", completion: .file())
  var output: String

  @Flag(help: "Print how certain the statistics are as JSON.")
  var json = false

  @Flag(help: "Replace existing outputs.")
  var force = false

  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard text.isEmpty || !isSelf else { throw ValidationError("Give one of --text and --self.") }
    if let sequence, !(2...1 << 20).contains(sequence) {
      throw ValidationError("--sequence must be from 2 to \(1 << 20), not \(sequence)")
    }
    guard ((sequence ?? 2)...1 << 40).contains(tokens) else {
      throw ValidationError("--tokens must be at least a sequence's, not \(tokens)")
    }
  }

  func run() throws {
    let report = try CalibrateWorkflow.run(
      CalibrateRequest(
        model: model,
        text: isSelf ? .sampled : .files(text.isEmpty ? try SharedFolder.mixedText() : text),
        tokens: tokens, sequence: sequence, seed: seed, output: output, legacyOutput: dat,
        overwrite: force),
      options.session)
    if json {
      try Output.standard.writeAll(try report.json())
    } else if !options.quiet {
      try Output.standard.writeAll(report.text)
    }
  }
}
