import ArgumentParser
import Foundation
import GGUF
import Workflows

/// What commands that run models compare them on.
struct EvaluationTextOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The text to run the models over.",
      discussion: "By default a text that comes with ration.", valueName: "file"),
    completion: .file())
  var text: String?

  @Option(
    help: ArgumentHelp(
      "How many chunks of the text to read.",
      discussion: "By default the whole text."))
  var chunks: Int?

  /// Whether any of them is given.
  var isUsed: Bool { text != nil || chunks != nil }

  func validate() throws {
    if let chunks, chunks < 1 { throw ValidationError("--chunks must be 1 at least, not \(chunks)") }
  }

  /// The text for a model: the one named, else one that comes with ration.
  ///
  /// - Parameter context: tokens to see at a time.
  func text(for model: String, context: Int? = nil) throws -> EvaluationText {
    EvaluationText(
      path: try text ?? Self.standardText(for: model), context: context, chunks: chunks)
  }

  /// The demo model speaks like no other, so it has a text of its own.
  private static func standardText(for model: String) throws -> String {
    let name = try ModelFile(path: model).metadata["general.name"]?.string
    let file = name == "Folio 4M" ? "folio-evaluation.txt" : "evaluation.txt"
    return try SharedFolder.calibration.find().appending(path: file).path
  }
}
