import ArgumentParser
import NeuralNetwork
import Reports
import Workflows

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compare what a quantized model predicts with what its base does.",
    discussion: """
      Runs both models over a text and gives perplexities, KL divergence, how often both hold the \
      same token for the likeliest, and how much probabilities change. Texts are cut and scored as \
      llama-perplexity --kl-divergence does, so figures can be compared. A model that ration wrote \
      knows what its recipe promised; that is shown too.
      """)

  @Argument(help: "The GGUF model that was quantized.", completion: .file())
  var base: String

  @Argument(help: "What it was quantized to, by any tool.", completion: .file())
  var quantized: String

  @OptionGroup var text: EvaluationTextOptions

  @Option(
    help: ArgumentHelp(
      "Tokens that the models see at a time.",
      discussion: """
        By default \(EvaluationText.usualContext), or as many as the model was trained on where these \
        are fewer.
        """))
  var context: Int?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: SessionOptions

  func validate() throws {
    if let context, !(NetworkPair.shortestSequence...1 << 20 ~= context) {
      throw ValidationError(
        "--context must be from \(NetworkPair.shortestSequence) to \(1 << 20), not \(context)")
    }
  }

  func run() throws {
    let request = EvaluateRequest(
      base: base, quantized: quantized, text: try text.text(for: base, context: context))
    let report = try EvaluateWorkflow.run(request, options.session)
    try Output.standard.writeAll(json ? try report.json() : report.text)
  }
}
