import ChatTemplates
import GGUF
import NeuralNetwork

/// The text that models are compared on.
package struct EvaluationText: Sendable {
  /// The files of text.
  package var paths: [String]
  /// The files of conversations, a line of JSON each, which the model's chat template renders; empty for those of
  /// `paths`.
  package var chats: [String]
  /// Tokens that a model sees at a time; nil for `usualContext`, or as many as the model was trained
  /// on where these are fewer.
  package var context: Int?
  /// How many chunks of so many tokens to read, from the start; nil for the whole text.
  package var chunks: Int?

  package init(
    paths: [String], chats: [String] = [], context: Int? = nil, chunks: Int? = nil
  ) {
    self.paths = paths
    self.chats = chats
    self.context = context
    self.chunks = chunks
  }

  package static let usualContext = 512

  /// All files that are read.
  var files: [String] { paths + chats }

  /// What templates take for now, so that the same conversations are always the same text.
  private static let time = CalendarTime.newYear2026

  /// The text as a model reads it.
  ///
  /// - Throws: `TextTooShort`, `TextError`, `ChatFileError`, `TokenizerError`, `FileError`; `StrictError` for more context than the
  ///   model was trained on.
  func read(for model: ModelFile, _ session: Session) throws -> Chunks {
    let trained = model.contextLength
    let length =
      context ?? max(min(Self.usualContext, trained ?? .max), NetworkPair.shortestSequence)
    if let trained, length > trained {
      try session.warn(
        "\(model.path.escaped) was trained on texts of \(trained) tokens, not of \(length)")
    }
    let tokenizer = try Tokenizer(model.metadata, path: model.path)
    let text =
      chats.isEmpty
      ? try TextTokens(paths: paths, tokenizer, sequence: length)
      : try TextTokens(
        conversations: chats, try ChatTemplate(of: model), tokenizer, sequence: length,
        at: Self.time)
    return Chunks(names: text.names, sequences: Array(text.sequences.prefix(chunks ?? .max)))
  }

  /// The text as a model reads it.
  struct Chunks {
    /// The names of the files.
    let names: [String]
    /// The tokens of each chunk; at least one, all of one length.
    let sequences: [[Int32]]

    /// How many tokens all chunks have.
    var tokens: Int { sequences.reduce(0) { $0 + $1.count } }
  }
}
