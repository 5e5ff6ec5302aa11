import ArgumentParser
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

      Examples:
        ration recipe convert my.recipe model.gguf --to tensor-type-file -o types.txt
        ration recipe convert my.recipe --to custom-q

      Next: ration recipe check finds rules that a program would read in another way.
      """)

  @Argument(help: .recipe, completion: .recipe, transform: FilePaths.named)
  var recipe: String

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String?

  @Option(
    help:
      ArgumentHelp(
        "The form to write.",
        discussion: """
          custom-q is the value of ik_llama.cpp's option, tensor-type-file llama.cpp's file, \
          gguf-tool-suite a .recipe file of the GGUF Tool Suite, recipe ration's own. json names \
          every tensor, so it needs a model.
          """,
        valueName: "form"))
  var to: RecipeFormat

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write it, instead of standard output.", valueName: "file"),
    completion: .file(), transform: FilePaths.named)
  var output: String?

  @Flag(help: "Overwrite an existing file.")
  var force = false

  @OptionGroup var options: SessionOptions

  func run() throws {
    let session = options.session
    let output = FilePaths.file(of: output)
    let request = RecipeConvertRequest(
      recipe: try RecipeFile.read(recipe, model: model, imatrix: true, session).recipe,
      recipePath: RecipePlace(recipe).path, model: model, format: to, output: output,
      overwrite: force)
    let text = try RecipeConvertWorkflow.run(request, session)
    if output == nil { try Output.standard.writeAll(text) }
  }
}
