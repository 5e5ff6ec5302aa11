import GGUF

/// Which pairs of tokens are merged, and in which order: the list in `tokenizer.ggml.merges`.
struct MergeList: MergeTable, Sendable {
  private struct Pair: Hashable {
    var left: Int32
    var right: Int32
  }

  private let merges: [Pair: (priority: UInt32, token: Int32)]

  /// Reads the list from `metadata`.
  init(_ vocabulary: Vocabulary, _ metadata: Metadata) throws(TokenizerError.Problem) {
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

  func merge(
    _ left: Symbol, _ right: Symbol, in word: ArraySlice<UInt8>
  ) -> (priority: UInt32, token: Int32)? {
    guard let left = left.token, let right = right.token else { return nil }
    return merges[Pair(left: left, right: right)]
  }
}
