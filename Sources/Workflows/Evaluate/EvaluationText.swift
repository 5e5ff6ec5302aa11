import GGUF
import NeuralNetwork

/// The text that models are compared on.
package struct EvaluationText: Sendable {
  /// The files.
  package var paths: [String]
  /// Tokens that a model sees at a time; nil for `usualContext`, or as many as the model was trained
  /// on where these are fewer.
  package var context: Int?
  /// How many chunks of so many tokens to read, from the start; nil for the whole text.
  package var chunks: Int?

  package init(paths: [String], context: Int? = nil, chunks: Int? = nil) {
    self.paths = paths
    self.context = context
    self.chunks = chunks
  }

  package static let usualContext = 512

  /// The text as a model reads it.
  ///
  /// - Throws: `TextTooShort`, `TextError`, `TokenizerError`, `FileError`; `StrictError` for more context than the
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
    let text = try TextTokens(paths: paths, tokenizer, sequence: length)
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
