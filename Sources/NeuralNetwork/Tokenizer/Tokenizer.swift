package import GGUF

/// The tokenizer that a model's file describes: text into the numbers that the model reads, and back.
///
/// It gives the same numbers as llama.cpp's `llama_tokenize`, for byte-pair encoding of bytes (`gpt2`) and of
/// characters (`gemma4`), and SentencePiece's (`llama`).
package struct Tokenizer: Sendable {
  /// The token that begins a text; nil where there is none.
  package let bos: Int32?
  /// The token that ends a text; nil where there is none.
  package let eos: Int32?
  /// Whether texts are to begin with `bos`, which then exists.
  package let addsBOS: Bool
  /// Whether texts are to end with `eos`, which then exists.
  package let addsEOS: Bool

  private let vocabulary: Vocabulary
  private let specialTokens: SpecialTokens
  private let encoding: any TextEncoding

  /// The values of `tokenizer.ggml.model` that can be used.
  static let supportedModels = ["gpt2", "llama", "gemma4"]
  /// The values of `tokenizer.ggml.pre` that can be used with `gpt2`, sorted.
  static let supportedPreTokenizers = PreTokenizer.named.keys.sorted()

  /// Reads the keys under `tokenizer.ggml.` of the file at `path`, which errors name.
  package init(_ metadata: Metadata, path: String) throws(TokenizerError) {
    do {
      try self.init(metadata)
    } catch {
      throw TokenizerError(path: path, error)
    }
  }

  private init(_ metadata: Metadata) throws(TokenizerError.Problem) {
    let model = try metadata.required(.model) { $0.string }
    guard Self.supportedModels.contains(model) else { throw .model(model) }
    let vocabulary = try Vocabulary(metadata)
    self.vocabulary = vocabulary
    specialTokens = SpecialTokens(vocabulary)

    // What holds where the file does not say: SentencePiece numbers its first tokens always alike.
    var standardAddsBOS = true
    var standard: (unknown: Int32?, bos: Int32?, eos: Int32?) = (nil, nil, nil)
    switch model {
    case "gpt2":
      let name = try metadata.optional(.preTokenizer) { $0.string } ?? "default"
      guard let preTokenizer = PreTokenizer.named[name] else { throw .preTokenizer(name) }
      encoding = try BytePairEncoding(vocabulary, metadata, preTokenizer)
      standardAddsBOS = preTokenizer.addsBOS
    case "gemma4":
      encoding = try CharacterPairEncoding(vocabulary, metadata)
    default:
      if vocabulary.count > 2 { standard = (0, 1, 2) }
      let unknown = try metadata.token(.unknownID, of: vocabulary.count) ?? standard.unknown
      encoding = try SentencePieceEncoding(vocabulary, metadata, unknown: unknown)
    }
    bos = try metadata.token(.bosID, of: vocabulary.count) ?? standard.bos
    eos = try metadata.token(.eosID, of: vocabulary.count) ?? standard.eos
    // Early files of Gemma 4 say no, which llama.cpp does not believe.
    let saysAddsBOS = try metadata.optional(.addsBOS) { $0.bool } ?? standardAddsBOS
    addsBOS = saysAddsBOS || model == "gemma4"
    addsEOS = try metadata.optional(.addsEOS) { $0.bool } ?? false
    if addsBOS, bos == nil {
      throw .boundary(key: TokenizerKey.addsBOS.name, missing: TokenizerKey.bosID.name)
    }
    if addsEOS, eos == nil {
      throw .boundary(key: TokenizerKey.addsEOS.name, missing: TokenizerKey.eosID.name)
    }
  }

  /// The number of tokens; every token is below it.
  package var count: Int { vocabulary.count }

  /// The tokens of `text`, any bytes.
  ///
  /// - Parameters:
  ///   - addingSpecial: whether `bos` and `eos` are put around the text where `addsBOS` and `addsEOS`
  ///     say so.
  ///   - parsingSpecial: whether the spelling of a control token in the text becomes that token.
  ///     Calibration text is taken literally, as llama.cpp's `llama-perplexity` and `llama-imatrix`
  ///     do.
  package func encode(
    _ text: [UInt8], addingSpecial: Bool = true, parsingSpecial: Bool = false
  ) -> [Int32] {
    var stream = TokenStream()
    if addingSpecial, addsBOS, let bos { stream.append(bos) }
    var isStart = true
    for fragment in specialTokens.fragments(of: text[...], all: parsingSpecial) {
      switch fragment {
      case .token(let token):
        stream.append(token)
        isStart = true
      case .text(let text):
        encoding.encode(text, isStart: isStart, into: &stream)
        isStart = false
      }
    }
    if addingSpecial, addsEOS, let eos { stream.append(eos) }
    return stream.tokens
  }

  /// How the vocabulary spells a token; nil for a number that is no token's, or a spelling that is not UTF-8.
  package func spelling(of token: Int32) -> String? {
    guard vocabulary.texts.indices.contains(Int(token)) else { return nil }
    return String(validating: vocabulary.texts[Int(token)], as: UTF8.self)
  }

  /// The text of `tokens`: what they were encoded from, control tokens left out. Numbers that are no
  /// token's add nothing: the last rows of a model's output may belong to none.
  package func decode(_ tokens: [Int32]) -> [UInt8] {
    var text: [UInt8] = []
    var isStart = true
    for token in tokens {
      guard vocabulary.kinds.indices.contains(Int(token)) else { continue }
      switch vocabulary.kinds[Int(token)] {
      case .control, .unknown:
        isStart = true
      case .userDefined:
        text += vocabulary.texts[Int(token)]
        isStart = true
      case .normal, .byte:
        let piece = encoding.text(of: token)
        let hasPrefix = isStart && encoding.addsSpacePrefix && piece.first == UInt8(ascii: " ")
        text += hasPrefix ? piece.dropFirst() : piece[...]
        isStart = false
      case .undefined, .unused:
        break
      }
    }
    return text
  }
}
