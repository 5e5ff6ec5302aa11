/// A text cut into chunks of equal length, as `llama-perplexity` cuts it.
///
/// The tokens of the whole text, a BOS before them where the model wants one, are cut one after another
/// without overlap, what is left at the end dropped. Where the model wants a BOS, it takes the place of
/// each chunk's first token. The second half of each chunk is scored: its tokens have at least as many
/// before them.
package struct TextChunks: Sendable, Equatable {
  /// The tokens of each chunk.
  package let chunks: [[Int32]]
  /// Tokens of each chunk.
  package let length: Int

  /// The shortest chunks that have a second half to score.
  package static let minimumLength = 4

  /// Cuts a text.
  ///
  /// - Parameters:
  ///   - tokens: of the whole text.
  ///   - bos: what chunks are to begin with.
  ///   - length: of a chunk, at least `minimumLength`.
  ///   - most: chunks to keep, from the start; nil for all.
  package init(_ tokens: [Int32], bos: Int32?, length: Int, atMost most: Int? = nil) {
    precondition(length >= Self.minimumLength, "chunks without a second half")
    self.length = length
    let count = min(tokens.count / length, most ?? .max)
    chunks = (0..<count).map { number in
      var chunk = Array(tokens[number * length..<(number + 1) * length])
      if let bos { chunk[0] = bos }
      return chunk
    }
  }

  /// The positions of a chunk at which predictions of the next token count.
  var scored: Range<Int> { length / 2..<length - 1 }
}
