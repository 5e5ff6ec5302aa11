import ArgumentParser
import Foundation
import GGUF
import Workflows

/// What commands that run models compare them on.
struct EvaluationTextOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A text to run the models over; may be given several times.",
      discussion: "By default a text that comes with ration.", valueName: "file"),
    completion: .file())
  var text: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many chunks of the text to read.",
      discussion: "By default the whole text."))
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
      paths: text.isEmpty ? try Self.standardText(for: model) : text, context: context,
      chunks: chunks)
  }

  /// The mixture that comes with ration. The demo model, which knows no other language than its own, has
  /// a text of its own.
  private static func standardText(for model: String) throws -> [String] {
    let name = try ModelFile(path: model).metadata["general.name"]?.string
    guard name != "Folio 4M" else {
      return [try SharedFolder.calibration.find().appending(path: "folio-evaluation.txt").path]
    }
    return try SharedFolder.mixedText()
  }
}
