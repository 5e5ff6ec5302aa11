import ArgumentParser
import Reports
import Workflows

struct VerifyCommand: TensorwiseCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that a model's file is whole and sound.",
    discussion: """
      Takes a file of any tool. Checks its structure strictly, decodes every tensor and looks for \
      weights that are NaN or infinite, and compares the bytes of each tensor with the SHA-256 that \
      the file records, if it does. With --against, also compares with the model that it was made \
      from: the same tensors and shapes, its metadata, and the same bytes where the type was kept.

      Prints what was checked and up to \(VerifyReport.listed) faults. Exit code 0 without faults, \
      8 with any.

      Examples:
        ration verify download.gguf
        ration verify quantized.gguf --against model.gguf

      Next: ration show says how a file was made; ration inspect --against what it lost.
      """)

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String

  @Option(
    help: ArgumentHelp(
      "The model that the file was made from.", valueName: "file"),
    completion: .model, transform: FilePaths.named)
  var against: String?

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var options: SessionOptions

  func run() throws {
    let report = try VerifyWorkflow.run(
      VerifyRequest(model: model, source: against), options.session)
    try Output.standard.print(report, asJSON: json)
    try VerifyWorkflow.judge(report)
  }
}
