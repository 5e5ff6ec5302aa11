import ArgumentParser
import Planning
import Workflows

struct RecipeCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check that a recipe is read as it is meant.",
    discussion: """
      Reads the rules as llama-quantize of ik_llama.cpp and of llama.cpp would (what divides them, \
      substring search, lower case, the first match) and compares. With a model, also finds types \
      that a tensor does not allow or that cannot be written, rules without effect and tensors \
      without a rule.

      Prints one finding a line. Exit code 0 without errors, 4 with any, under --strict 2 with \
      warnings alone.

      Examples:
        ration recipe check my.recipe
        ration recipe check my.recipe model.gguf --runtime mainline --strict

      Next: ration recipe convert writes rules that every program reads alike.
      """)

  @Argument(help: .recipe, completion: .recipe, transform: FilePaths.named)
  var recipe: String

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The program that is to read the recipe, by default each that loads all its types.",
      discussion: "ik is ik_llama.cpp, mainline is llama.cpp.",
      valueName: "program"))
  var runtime: Runtime?

  @OptionGroup var options: SessionOptions

  func run() throws {
    let findings = try RecipeCheckWorkflow.run(
      try RecipeFile.read(recipe, model: model, imatrix: true), model: model, runtime: runtime
    )
    try Output.standard.writeAll(
      findings.map { "\($0.severity.rawValue): \($0)\n" }.joined())
    try RecipeCheckWorkflow.judge(findings, path: recipe, options.session)
  }
}
