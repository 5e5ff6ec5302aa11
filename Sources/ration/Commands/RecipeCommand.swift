import ArgumentParser

struct RecipeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recipe",
    abstract: "Show, compare, convert and check recipes.",
    discussion: """
      Recipes are read in every form in which they are published, told apart by their content: the \
      value of --custom-q of ik_llama.cpp, the --tensor-type-file of llama.cpp, the .recipe files of \
      the GGUF Tool Suite, shell scripts that hold any of these, and JSON. A stock mix goes by its name.

      Examples:
        ration recipe show IQ4_XS model.gguf
        ration recipe check my.recipe model.gguf
      """,
    subcommands: [
      RecipeShowCommand.self, RecipeDiffCommand.self, RecipeConvertCommand.self,
      RecipeCheckCommand.self,
    ])
}
