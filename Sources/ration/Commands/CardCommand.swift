import ArgumentParser
import Reports
import Workflows

struct CardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card",
    abstract: "Write the model card of quantized files, for Hugging Face.",
    discussion: """
      In Markdown: what a hub wants to know of the model, a table of all files, and a section for \
      each, with its size, its perplexity, its recipe and the commands that make it. Files may be of \
      any tool. Only headers are read, and nothing is written that they do not say: without \
      --evaluation the card has no perplexity and no KL divergence.

      A file does not record --compensate and --weighting. Where it was made with them, add them to \
      its command.

      Examples:
        ration evaluate model.gguf small.gguf --json >small.json
        ration card model.gguf small.gguf --evaluation small.json -o README.md
        ration card model.gguf small.gguf tiny.gguf --plot types.svg -o README.md

      Next: upload the card as README.md beside the files.
      """)

  @Argument(
    help: "The GGUF model that was quantized.", completion: .model, transform: FilePaths.named)
  var model: String

  @Argument(
    help: "What it was quantized to: a section for each file.", completion: .model,
    transform: FilePaths.named)
  var quantized: [String]

  @OptionGroup(title: "Contents") var contents: CardOptions

  @OptionGroup(title: "Output") var result: CardOutputOptions
  @OptionGroup var options: SessionOptions

  func run() throws {
    let request = CardRequest(
      model: model, quantized: quantized, evaluations: contents.evaluations,
      repository: contents.baseModel, author: contents.quantizedBy, picture: result.plot,
      output: result.output, overwrite: result.force)
    let report = try CardWorkflow.run(request, options.session)
    if result.output == nil { try Output.standard.writeAll(report) }
  }
}

/// What a card says that models do not.
struct CardOptions: ParsableArguments {
  @Option(
    name: .customLong("evaluation"),
    help: ArgumentHelp(
      "What ration evaluate --json printed of one of the files, for its perplexity and KL divergence.",
      discussion: """
        May be given many times. One of a file without a section, such as Q8_0, is a line of the table. All must be \
        of the same model and text.
        """,
      valueName: "file"),
    completion: .file(extensions: ["json"]), transform: FilePaths.named)
  var evaluations: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where the model was published on Hugging Face, by default what its metadata say.",
      valueName: "owner/name"))
  var baseModel: HubRepository?

  @Option(help: ArgumentHelp("Who quantized the model.", valueName: "name"))
  var quantizedBy: String?
}

/// Where a card goes.
struct CardOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write the card, instead of standard output.", valueName: "file"),
    completion: .file(extensions: ["md"]), transform: FilePaths.named)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Where to draw the type of each tensor, by layer and kind; the card shows the picture.",
      valueName: "file.svg"),
    completion: .file(extensions: ["svg"]), transform: FilePaths.named)
  var plot: String?

  @Flag(help: "Overwrite an existing card or picture.")
  var force = false
}

extension HubRepository: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
