/// The tokens of a text under way, which remembers what each word became.
struct TokenStream {
  /// The tokens so far.
  private(set) var tokens: [Int32] = []
  /// Where in `tokens` a word came first.
  private var known: [ArraySlice<UInt8>: Range<Int>] = [:]

  /// Appends a token.
  mutating func append(_ token: Int32) { tokens.append(token) }

  /// Appends the tokens of `word`, which `encode` gives where the word is new.
  mutating func append(_ word: ArraySlice<UInt8>, encode: () -> [Int32]) {
    if let range = known[word] {
      // A slice would share the array's storage and make appending copy all of it.
      for index in range { tokens.append(tokens[index]) }
    } else {
      let start = tokens.count
      tokens += encode()
      known[word] = start..<tokens.count
    }
  }
}
