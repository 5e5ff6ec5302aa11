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
      "Conversations to run the models over, as the model's chat template renders them; may be given several times.",
      discussion: """
        A line of the file is a JSON object with "messages", each of a role and a content, or the same in the form of \
        ShareGPT.
        """,
      valueName: "file.jsonl"),
    completion: .file(extensions: ["jsonl"]), transform: FilePaths.named)
  var chat: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many chunks of the text to read.",
      discussion: "By default the whole text. Fewer chunks take less time and are less certain.",
      valueName: "count"))
  var chunks: Int?

  /// Whether any of them is given.
  var isUsed: Bool { !text.isEmpty || !chat.isEmpty || chunks != nil }

  func validate() throws {
    if !text.isEmpty, !chat.isEmpty {
      throw ValidationError("--text and --chat exclude each other")
    }
    if let chunks, chunks < 1 {
      throw ValidationError("--chunks must be 1 at least, not \(chunks)")
    }
  }

  /// The text for a model: the one named, else one that comes with ration.
  ///
  /// - Parameter context: tokens to see at a time.
  func text(for model: String, context: Int? = nil) throws -> EvaluationText {
    EvaluationText(
      paths: text.isEmpty && chat.isEmpty ? try SharedFolder.evaluationText(for: model) : text,
      chats: chat, context: context, chunks: chunks)
  }
}
