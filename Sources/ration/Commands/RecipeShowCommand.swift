import ArgumentParser
import Reports
import Workflows

struct RecipeShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what a recipe does.",
    discussion: """
      With a model: how many tensors and bytes each type gets, the exact size of the file, the \
      tensors that each rule takes, what no rule matches, and rules without effect.

      Examples:
        ration recipe show my.recipe model.gguf
        ration recipe show my.recipe

      Next: ration apply writes the model.
      """)

  @Argument(help: .recipe, completion: .recipe, transform: FilePaths.named)
  var recipe: String

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The statistics that the recipe is to be applied with, which the file will name.",
      discussion: "Their name is part of the file, so the exact size depends on it.",
      valueName: "file"),
    completion: .statistics, transform: FilePaths.named)
  var statistics: String?

  @Option(
    help: ArgumentHelp(
      "The second moments that it is to be applied with.", valueName: "file"),
    completion: .model, transform: FilePaths.named)
  var compensate: String?

  @OptionGroup var options: SessionOptions

  func run() throws {
    let session = options.session
    let report = try RecipeShowWorkflow.run(
      try RecipeFile.read(recipe, model: model, imatrix: statistics != nil, session),
      recipePath: recipe, model: model, statistics: statistics, moments: compensate,
      version: Ration.version, session)
    try Output.standard.writeAll(report)
  }
}
