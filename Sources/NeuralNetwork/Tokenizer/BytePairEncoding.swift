import GGUF

/// Byte-level byte-pair encoding (`gpt2`): a pre-tokenizer cuts the text into words; in each, starting
/// from single bytes, neighbours are merged in the order of the list of merges.
final class BytePairEncoding: TextEncoding {
  private let vocabulary: Vocabulary
  private let preTokenizer: PreTokenizer
  private let byteTokens: [Int32?]
  private let merges: MergeList

  /// Takes the merges from `metadata`.
  init(
    _ vocabulary: Vocabulary, _ metadata: Metadata, _ preTokenizer: PreTokenizer
  ) throws(TokenizerError.Problem) {
    self.vocabulary = vocabulary
    self.preTokenizer = preTokenizer
    byteTokens = ByteAlphabet.characters.map { vocabulary[String($0)] }
    merges = try MergeList(vocabulary, metadata)
  }

  var addsSpacePrefix: Bool { false }

  func encode(_ text: ArraySlice<UInt8>, isStart: Bool, into stream: inout TokenStream) {
    let scanned = ScannedText(text)
    preTokenizer.forEachPiece(of: scanned) { piece in
      let word = scanned[piece]
      stream.append(word) { tokens(of: word) }
    }
  }

  func text(of token: Int32) -> [UInt8] {
    ByteAlphabet.bytes(spelt: vocabulary.texts[Int(token)])
  }

  /// A byte without a token of its own is left out, as llama.cpp does; complete vocabularies have
  /// one for each byte that occurs in UTF-8.
  private func tokens(of word: ArraySlice<UInt8>) -> [Int32] {
    if preTokenizer.ignoresMerges,
      let token = vocabulary[ByteAlphabet.spelling(of: word)[...]]
    {
      return [token]
    }
    let symbols = word.indices.map {
      Symbol(token: byteTokens[Int(word[$0])], bytes: $0..<($0 + 1))
    }
    return SymbolMerger.merge(symbols, of: word, by: merges).compactMap(\.token)
  }
}
