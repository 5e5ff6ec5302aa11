import Calibration
import GGUF

/// The text that models are compared on.
package struct EvaluationText: Sendable {
  /// The file.
  package var path: String
  /// Tokens that a model sees at a time; nil for 512, or as many as the model was trained on where
  /// these are fewer.
  package var context: Int?
  /// How many chunks of so many tokens to read, from the start; nil for the whole text.
  package var chunks: Int?

  package init(path: String, context: Int? = nil, chunks: Int? = nil) {
    self.path = path
    self.context = context
    self.chunks = chunks
  }

  private static let usualContext = 512

  /// The text as a model reads it.
  ///
  /// - Throws: `ShortText` where it does not fill a chunk, `TokenizerError`, `FileError`.
  func read(for model: ModelFile, _ session: Session) throws -> TextChunks {
    let trained = model.trainedLength
    let length = context ?? min(Self.usualContext, max(trained ?? .max, TextChunks.minimumLength))
    if let trained, length > trained {
      try session.warn(
        "\(model.path.escaped) was trained on texts of \(trained) tokens, not of \(length)")
    }
    let tokenizer = try Tokenizer(model.metadata, path: model.path)
    let tokens = tokenizer.encode(try OpenFile(reading: path).bytes())
    let text = TextChunks(
      tokens, bos: tokenizer.addsBOS ? tokenizer.bos : nil, length: length, atMost: chunks)
    guard !text.chunks.isEmpty else {
      throw ShortText(path: path, tokens: tokens.count, needed: length)
    }
    return text
  }
}

extension ModelFile {
  /// The length of text that the model was trained on, where it says.
  fileprivate var trainedLength: Int? {
    metadata["general.architecture"]?.string.flatMap { metadata["\($0).context_length"]?.integer }
  }
}

/// A text too short to compare models on.
package struct ShortText: Error, CustomStringConvertible {
  package let path: String
  package let tokens: Int
  package let needed: Int

  package var description: String {
    "\(path.escaped): it has \(tokens) tokens, too few for one chunk of \(needed)"
  }
}
