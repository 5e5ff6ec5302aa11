import ArgumentParser
import Reports
import Workflows

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show what a model's file is and how it was made.",
    discussion: """
      Takes a file of any tool. Shows its architecture, the shape of the model, its tensors by type, \
      its size, and what it says of its making: the version, the digests of recipe, source and \
      statistics, and the loss that was predicted. Only the header is read.

      Examples:
        ration show download.gguf

      Next: ration verify checks that the file is what it says.
      """)

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var options: SessionOptions

  func run() throws {
    let report = try ShowWorkflow.run(model: model)
    try Output.standard.print(report, asJSON: json)
  }
}
