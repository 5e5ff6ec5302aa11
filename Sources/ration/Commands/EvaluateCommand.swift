import ArgumentParser
import NeuralNetwork
import Reports
import Workflows

struct EvaluateCommand: ResumableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compare the predictions of a quantized model with those of its original.",
    discussion: """
      Runs both models over a text and gives perplexities, KL divergence, how often both find the \
      same token most likely, and how much probabilities change. Texts are cut and scored as \
      llama-perplexity --kl-divergence does, so figures can be compared. A model that ration wrote \
      knows what its recipe promised; that is shown too.

      Examples:
        ration evaluate model.gguf small.gguf
        ration evaluate model.gguf small.gguf --text my.txt --chunks 20
        ration evaluate model.gguf small.gguf --base-logits model.logits
        ration evaluate model.gguf small.gguf --chunks 2 --attribute

      Next: where the loss is too large, plan with more bits; ration inspect --against shows which \
      tensors lost it.
      """)

  @Argument(
    help: "The GGUF model that was quantized.", completion: .model, transform: FilePaths.named)
  var base: String

  @Argument(
    help: "What it was quantized to, by any tool.", completion: .model, transform: FilePaths.named)
  var quantized: String

  @OptionGroup(title: "Text") var text: EvaluationTextOptions
  @OptionGroup(title: "Text") var window: WindowOptions

  @OptionGroup(title: "Base") var kept: BaseOptions

  @Option(
    help: ArgumentHelp(
      "Let both models write so many tokens after the middle of each chunk, and say how far they agree.",
      discussion: "Each takes its likeliest token. By default neither writes.", valueName: "count"))
  var greedy: Int?

  @Option(
    help: ArgumentHelp(
      "How both models round what their weights are multiplied with.",
      discussion: """
        By default not at all, so that only weights make a difference. q8 rounds as ik_llama.cpp does on processors, \
        so that figures can be compared with those of llama-perplexity.
        """,
      valueName: "format"))
  var activations = Activations.f32

  @Flag(
    help: ArgumentHelp(
      "Compare the base with itself, computed in bf16.",
      discussion:
        "A KLD that is not far above this one says little. The base is run once more, or twice."))
  var noiseFloor = false

  @Flag(
    help: ArgumentHelp(
      "Try every quantized tensor by itself, and name the ten that lose most.",
      discussion: """
        It takes about a quarter as many evaluations as there are tensors, so give it few chunks.
        """))
  var attribute = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup(title: "Output") var page: SolePageOptions

  @OptionGroup var options: SessionOptions

  var isResumable: Bool { kept.baseLogits != nil }

  func validate() throws {
    if let greedy, !(1...4096 ~= greedy) {
      throw ValidationError("--greedy must be from 1 to 4096, not \(greedy)")
    }
  }

  func run() throws {
    let request = EvaluateRequest(
      base: base, quantized: quantized, text: try text.text(for: base, context: window.context),
      baseLogits: kept.baseLogits, activations: activations, measuresNoise: noiseFloor,
      greedyTokens: greedy ?? 0, attributes: attribute, page: page.page)
    let report = try EvaluateWorkflow.run(request, options.session)
    try Output.standard.print(report, asJSON: json)
  }
}

/// What is kept of the base from run to run.
struct BaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to keep what the base predicts, for the next run with the same text.",
      discussion: """
        If the file does not exist, it is written while the base runs. If it exists, the base is not run over what is \
        there. It takes two bytes for each token of the vocabulary and each that is scored.
        """,
      valueName: "file"),
    completion: .file(), transform: FilePaths.named)
  var baseLogits: String?
}

/// How much of a text models see at once.
struct WindowOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Tokens that the models see at a time.",
      discussion: """
        By default \(EvaluationText.usualContext), or as many as the model was trained on where these \
        are fewer.
        """,
      valueName: "count"))
  var context: Int?

  func validate() throws {
    if let context, !(NetworkPair.shortestSequence...1 << 20 ~= context) {
      throw ValidationError(
        "--context must be from \(NetworkPair.shortestSequence) to \(1 << 20), not \(context)")
    }
  }
}

extension Activations: ExpressibleByArgument {}
