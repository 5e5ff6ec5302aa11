import ArgumentParser
import Workflows

/// What commands that run models compare them on.
struct EvaluationTextOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A text to run the models over; may be given several times.",
      discussion: "By default a text that comes with ration.", valueName: "file"),
    completion: .text, transform: FilePaths.named)
  var text: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many chunks of the text to read.",
      discussion: "By default the whole text. Fewer chunks take less time and are less certain.",
      valueName: "count"))
  var chunks: Int?

  /// Whether any of them is given.
  var isUsed: Bool { !text.isEmpty || chunks != nil }

  func validate() throws {
    if let chunks, chunks < 1 {
      throw ValidationError("--chunks must be 1 at least, not \(chunks)")
    }
  }

  /// The text for a model: the one named, else one that comes with ration.
  ///
  /// - Parameter context: tokens to see at a time.
  func text(for model: String, context: Int? = nil) throws -> EvaluationText {
    EvaluationText(
      paths: text.isEmpty ? try SharedFolder.evaluationText(for: model) : text, context: context,
      chunks: chunks)
  }
}
