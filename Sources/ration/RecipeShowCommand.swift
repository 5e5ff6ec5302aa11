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
      """)

  @Argument(help: "The recipe, in any form.", completion: .file())
  var recipe: String

  @Argument(help: "The GGUF model; of a split one the first shard.", completion: .file())
  var model: String?

  @Option(
    help: "The statistics that the recipe is to be applied with, which the file will name.",
    completion: .file())
  var statistics: String?

  @OptionGroup var options: SessionOptions

  func run() throws {
    let report = try RecipeShowWorkflow.run(
      try RecipeFile.readSource(recipe, model: model, imatrix: statistics != nil),
      recipePath: recipe,
      model: model, statistics: statistics, version: Ration.version, options.session)
    try Output.standard.writeAll(report.text)
  }
}
