import GGUF

/// SentencePiece's byte-pair encoding (`llama`): starting from single characters, neighbours whose
/// texts together are a token are merged, the token of the highest score first; characters that end
/// up as no token are spelt in bytes. Spaces are written `▁`.
final class SentencePieceEncoding: TextEncoding {
  let addsSpacePrefix: Bool

  private let vocabulary: Vocabulary
  /// The place of each token in the order of merges, the lower the earlier.
  private let priorities: [UInt32]
  private let byteTokens: [Int32]
  /// Whether no token has a `▁` behind another character, so that a word that begins with `▁` can be
  /// encoded by itself.
  private let cutsBeforeSpaces: Bool

  /// Takes the scores from `metadata`.
  ///
  /// - Parameter unknown: the token for what has none.
  init(
    _ vocabulary: Vocabulary, _ metadata: Metadata, unknown: Int32?
  ) throws(TokenizerError.Problem) {
    self.vocabulary = vocabulary
    addsSpacePrefix = try metadata.optional(.addsSpacePrefix) { $0.bool } ?? true

    let scores = try metadata.required(.scores) { $0.doubles }
    try scores.checkCount(vocabulary.count, of: .scores)
    if let token = scores.firstIndex(where: \.isNaN) { throw .score(token: token) }
    priorities = scores.map { Self.priority(ofScore: Float($0)) }

    var byteTokens: [Int32] = []
    for byte in 0...UInt8.max {
      guard
        let token = vocabulary[CharacterSpelling.spelling(of: byte)] ?? vocabulary[[byte]]
          ?? unknown
      else { throw .byteWithoutToken(byte) }
      byteTokens.append(token)
    }
    self.byteTokens = byteTokens
    for (token, text) in vocabulary.texts.enumerated() where vocabulary.kinds[token] == .byte {
      guard CharacterSpelling.byte(spelt: text) != nil else {
        throw .byteToken(token, String(decoding: text, as: UTF8.self))
      }
    }
    cutsBeforeSpaces = vocabulary.texts.allSatisfy { Self.words(of: $0[...]).count <= 1 }
  }

  func encode(_ text: ArraySlice<UInt8>, isStart: Bool, into stream: inout TokenStream) {
    var spelling: [UInt8] = isStart && addsSpacePrefix ? CharacterSpelling.space : []
    spelling.reserveCapacity(text.count + text.count / 2)
    for byte in text {
      if byte == UInt8(ascii: " ") {
        spelling += CharacterSpelling.space
      } else {
        spelling.append(byte)
      }
    }
    for word in cutsBeforeSpaces ? Self.words(of: spelling[...]) : [spelling[...]] {
      stream.append(word) { tokens(of: word) }
    }
  }

  func text(of token: Int32) -> [UInt8] {
    CharacterSpelling.text(of: token, in: vocabulary)
  }

  private func tokens(of word: ArraySlice<UInt8>) -> [Int32] {
    let symbols = CharacterSpelling.characters(of: word).map {
      Symbol(token: vocabulary[word[$0]], bytes: $0)
    }
    return SymbolMerger.merge(symbols, of: word, by: self).flatMap { symbol in
      symbol.token.map { [$0] } ?? word[symbol.bytes].map { byteTokens[Int($0)] }
    }
  }
}

extension SentencePieceEncoding: MergeTable {
  func merge(
    _ left: Symbol, _ right: Symbol, in word: ArraySlice<UInt8>
  ) -> (priority: UInt32, token: Int32)? {
    guard let token = vocabulary[word[left.bytes.lowerBound..<right.bytes.upperBound]] else {
      return nil
    }
    return (priorities[Int(token)], token)
  }

  /// Orders like the scores, downwards: of two IEEE numbers of one sign the bits compare as the
  /// magnitudes do.
  private static func priority(ofScore score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern  // −0 becomes 0
    return bits >> 31 == 0 ? 0x7FFF_FFFF - bits : bits
  }
}

extension SentencePieceEncoding {
  /// `text` cut before each `▁` that follows another character.
  private static func words(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var words: [ArraySlice<UInt8>] = []
    var start = text.startIndex
    var followsSpace = true
    for character in CharacterSpelling.characters(of: text) {
      let isSpace = text[character].elementsEqual(CharacterSpelling.space)
      if isSpace, !followsSpace {
        words.append(text[start..<character.lowerBound])
        start = character.lowerBound
      }
      followsSpace = isSpace
    }
    if start < text.endIndex { words.append(text[start...]) }
    return words
  }
}
