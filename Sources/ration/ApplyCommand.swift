import ArgumentParser
import Reports
import Workflows

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Write the model that a recipe describes.",
    discussion: """
      Takes recipes of ration and those that others publish: regex=type, one a line or divided by \
      commas, the first match counts. Norms, biases, routers and their like keep their type, and so \
      does a tensor that no rule matches. The output bears its name only once it is complete, has \
      been read back and verified.
      """)

  @Argument(help: "The recipe, in any form, or the name of a stock mix.", completion: .file())
  var recipe: String

  @Argument(help: "The GGUF model; of a split one the first shard.", completion: .file())
  var model: String

  @Argument(help: "The file to write.", completion: .file())
  var output: String

  @Option(help: "The statistics that the recipe was planned with.", completion: .file())
  var statistics: String?

  @Flag(help: "Replace an existing output.")
  var force = false

  @Flag(help: "Print what was written as JSON.")
  var json = false

  @Flag(help: "Quantize again what is quantized already.")
  var allowRequantize = false

  @OptionGroup var options: SessionOptions

  func run() throws {
    let request = ApplyRequest(
      recipe: try RecipeFile.read(recipe, model: model, imatrix: statistics != nil),
      recipePath: RecipeFile.path(of: recipe), model: model, output: output,
      statistics: statistics, overwrite: force, allowRequantize: allowRequantize,
      version: Ration.version)
    let report = try ApplyWorkflow.run(request, options.session)
    if json {
      try Output.standard.writeAll(try report.json())
    } else if !options.quiet {
      try Output.standard.writeAll(report.text)
    }
  }
}
