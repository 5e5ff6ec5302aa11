/// The tokens that are looked for in a text before anything else.
struct SpecialTokens: Sendable {
  /// A stretch of text as it is to be encoded, or a special token that stood there.
  enum Fragment: Equatable {
    case text(ArraySlice<UInt8>)
    case token(Int32)
  }

  private let vocabulary: Vocabulary
  /// By first byte, the lengths of special tokens, longest first.
  private let lengths: [UInt8: [Int]]

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    var lengths: [UInt8: Set<Int>] = [:]
    for (text, kind) in zip(vocabulary.texts, vocabulary.kinds) where kind.isSpecial {
      if let first = text.first { lengths[first, default: []].insert(text.count) }
    }
    self.lengths = lengths.mapValues { $0.sorted(by: >) }
  }

  /// Cuts `text` at its special tokens. Where they overlap, the longest is taken, of equally long
  /// ones the first.
  ///
  /// - Parameter all: whether control tokens and the unknown token are looked for as well as
  ///   those that are user-defined.
  func fragments(of text: ArraySlice<UInt8>, all: Bool) -> [Fragment] {
    var fragments: [Fragment] = []
    var end = text.startIndex
    for (range, token) in occurrences(in: text, all: all) {
      if end < range.lowerBound { fragments.append(.text(text[end..<range.lowerBound])) }
      fragments.append(.token(token))
      end = range.upperBound
    }
    if end < text.endIndex { fragments.append(.text(text[end...])) }
    return fragments
  }

  private typealias Occurrence = (range: Range<Int>, token: Int32)

  private func occurrences(in text: ArraySlice<UInt8>, all: Bool) -> [Occurrence] {
    var chosen: [Occurrence] = []
    var cluster: [Occurrence] = []
    var clusterEnd = text.startIndex
    for start in text.indices {
      guard let lengths = lengths[text[start]] else { continue }
      if start >= clusterEnd {
        chosen += Self.longestFirst(cluster)
        cluster = []
      }
      for length in lengths where length <= text.endIndex - start {
        let range = start..<(start + length)
        guard let token = vocabulary[text[range]] else { continue }
        let kind = vocabulary.kinds[Int(token)]
        guard all ? kind.isSpecial : kind == .userDefined else { continue }
        cluster.append((range, token))
        clusterEnd = max(clusterEnd, range.upperBound)
      }
    }
    return chosen + Self.longestFirst(cluster)
  }

  /// Of occurrences that overlap, those that are taken.
  private static func longestFirst(_ cluster: [Occurrence]) -> [Occurrence] {
    guard cluster.count > 1 else { return cluster }
    let candidates = cluster.sorted {
      ($1.range.count, $0.range.lowerBound) < ($0.range.count, $1.range.lowerBound)
    }
    var taken = Set<Int>()
    var chosen: [Occurrence] = []
    // A range that overlaps one at least as long has its first or last byte in it.
    for candidate in candidates
    where !taken.contains(candidate.range.lowerBound)
      && !taken.contains(candidate.range.upperBound - 1)
    {
      taken.formUnion(candidate.range)
      chosen.append(candidate)
    }
    return chosen.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }
}

extension TokenKind {
  /// Whether a token of this kind is one that texts are searched for.
  fileprivate var isSpecial: Bool {
    switch self {
    case .unknown, .control, .userDefined: true
    case .undefined, .normal, .unused, .byte: false
    }
  }
}
