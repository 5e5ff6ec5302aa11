import GGUF

/// Byte-pair encoding of characters (`gemma4`): spaces are written `▁`, and the text is cut into runs of line breaks and
/// what is between them, `[^\n]+|\n+`. In each, starting from single characters, neighbours are merged in the order of
/// the list of merges; characters that end up as no token are spelt in bytes. A run of line breaks that is a token is
/// taken whole.
final class CharacterPairEncoding: TextEncoding {
  private let vocabulary: Vocabulary
  private let merges: MergeList
  private let byteTokens: [Int32?]

  /// Takes the merges from `metadata`.
  init(_ vocabulary: Vocabulary, _ metadata: Metadata) throws(TokenizerError.Problem) {
    self.vocabulary = vocabulary
    byteTokens = (0...UInt8.max).map { vocabulary[CharacterSpelling.spelling(of: $0)] }
    merges = try MergeList(vocabulary, metadata)
  }

  var addsSpacePrefix: Bool { false }

  func encode(_ text: ArraySlice<UInt8>, isStart: Bool, into stream: inout TokenStream) {
    var spelling: [UInt8] = []
    spelling.reserveCapacity(text.count + text.count / 2)
    for byte in ScannedText(text).bytes {
      if byte == UInt8(ascii: " ") {
        spelling += CharacterSpelling.space
      } else {
        spelling.append(byte)
      }
    }
    var rest = spelling[...]
    while let first = rest.first {
      let piece = rest.prefix { Self.isLineBreak($0) == Self.isLineBreak(first) }
      rest = rest[piece.endIndex...]
      stream.append(piece) { tokens(of: piece) }
    }
  }

  func text(of token: Int32) -> [UInt8] { CharacterSpelling.text(of: token, in: vocabulary) }

  /// A byte without a token of its own is left out, as llama.cpp does.
  private func tokens(of piece: ArraySlice<UInt8>) -> [Int32] {
    if piece.first.map(Self.isLineBreak) == true, let token = vocabulary[piece] { return [token] }
    let symbols = CharacterSpelling.characters(of: piece).map {
      Symbol(token: vocabulary[piece[$0]], bytes: $0)
    }
    return SymbolMerger.merge(symbols, of: piece, by: merges).flatMap { symbol in
      symbol.token.map { [$0] } ?? piece[symbol.bytes].compactMap { byteTokens[Int($0)] }
    }
  }

  private static func isLineBreak(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") }
}
