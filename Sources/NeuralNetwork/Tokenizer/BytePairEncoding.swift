import GGUF

/// Byte-level byte-pair encoding (`gpt2`): a pre-tokenizer cuts the text into words; in each, starting
/// from single bytes, neighbours are merged in the order of the list of merges.
final class BytePairEncoding: TextEncoding {
  private struct Pair: Hashable {
    var left: Int32
    var right: Int32
  }

  private let vocabulary: Vocabulary
  private let preTokenizer: PreTokenizer
  private let byteTokens: [Int32?]
  private let merges: [Pair: (priority: UInt32, token: Int32)]

  /// Takes the merges from `metadata`.
  init(
    _ vocabulary: Vocabulary, _ metadata: Metadata, _ preTokenizer: PreTokenizer
  ) throws(TokenizerError.Problem) {
    self.vocabulary = vocabulary
    self.preTokenizer = preTokenizer
    byteTokens = ByteAlphabet.characters.map { vocabulary[String($0)] }

    let list = try metadata.required(.merges) { $0.strings }
    var merges: [Pair: (priority: UInt32, token: Int32)] = [:]
    merges.reserveCapacity(list.count)
    for (index, text) in list.enumerated() {
      // A first half may itself begin with a space.
      let halves = text.utf8
      guard let space = halves.dropFirst().firstIndex(of: UInt8(ascii: " ")),
        halves.index(after: space) < halves.endIndex, let priority = UInt32(exactly: index)
      else { throw .merge(index, text) }
      let (left, right) = (text[..<space], text[halves.index(after: space)...])
      func token(_ part: some StringProtocol) throws(TokenizerError.Problem) -> Int32 {
        guard let token = vocabulary[part] else {
          throw .mergeOfUnknown(index, text, unknown: String(part))
        }
        return token
      }
      let pair = try Pair(left: token(left), right: token(right))
      let joined = try token(left + right)
      if merges[pair] == nil { merges[pair] = (priority, joined) }
    }
    self.merges = merges
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
    return SymbolMerger.merge(symbols, of: word, by: self).compactMap(\.token)
  }
}

extension BytePairEncoding: MergeTable {
  func merge(
    _ left: Symbol, _ right: Symbol, in word: ArraySlice<UInt8>
  ) -> (priority: UInt32, token: Int32)? {
    guard let left = left.token, let right = right.token else { return nil }
    return merges[Pair(left: left, right: right)]
  }
}
