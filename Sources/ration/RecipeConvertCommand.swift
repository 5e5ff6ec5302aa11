import ArgumentParser
import GGUF
import Planning
import Workflows

struct RecipeConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a recipe in another form.",
    discussion: """
      With a model: rules for just its tensors, of which exactly one matches each, anchored, in lower \
      case and without commas, so that any program reads them alike. Without one: the rules as they \
      are, where the form can carry them.
      """)

  @Argument(help: "The recipe, in any form.", completion: .file())
  var recipe: String

  @Argument(help: "The GGUF model; of a split one the first shard.", completion: .file())
  var model: String?

  @Option(help: ArgumentHelp("The form to write.", valueName: "form"))
  var to: RecipeFormat

  @Option(name: .shortAndLong, help: "Where to write it, instead of standard output.")
  var output: String?

  @Flag(help: "Overwrite an existing file.")
  var force = false

  func run() throws {
    let text = try RecipeConvertWorkflow.run(
      try RecipeFile.read(recipe, model: model, imatrix: true), model: model, to: to)
    if let output {
      try WholeFile.write(
        Array(text.utf8), to: output,
        inputs: [RecipeFile.path(of: recipe), model].compactMap { $0 }, overwrite: force)
    } else {
      try Output.standard.writeAll(text)
    }
  }
}

extension RecipeFormat: ExpressibleByArgument {}
