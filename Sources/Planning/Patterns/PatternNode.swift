/// A parsed pattern.
indirect enum PatternNode {
  /// One byte out of a set.
  case byte(ByteSet)
  /// All of these, in this order; none: the empty text.
  case sequence([PatternNode])
  /// Any one of these.
  case either([PatternNode])
  /// `node`, at least `minimum` times, at most `maximum` times where one is given.
  case repeated(PatternNode, minimum: Int, maximum: Int?)
  /// Nothing, at a certain kind of place.
  case place(PatternPlace)
  /// Nothing, where `node` matches next, or where it does not.
  case ahead(PatternNode, negated: Bool)
}

extension PatternNode {
  /// The longest run of bytes that stands in every text that matches, as far as the pattern spells one out.
  var literal: [UInt8] {
    guard case .sequence(let nodes) = self else { return [] }
    var longest: [UInt8] = []
    var run: [UInt8] = []
    for node in nodes {
      switch node {
      case .place, .ahead: continue
      case .byte(let set):
        if let byte = set.only { run.append(byte) } else { run = [] }
      case .sequence, .either, .repeated:
        run = []
        let inner = node.literal
        if inner.count > longest.count { longest = inner }
      }
      if run.count > longest.count { longest = run }
    }
    return longest
  }
}

/// A place between two bytes that a pattern can ask for.
enum PatternPlace: Sendable {
  case start, end, wordBoundary, noWordBoundary

  /// Whether `position` is such a place of the `text` that begins at `start`.
  func holds(at position: Int, of text: [UInt8], from start: Int) -> Bool {
    switch self {
    case .start: position == start
    case .end: position == text.count
    case .wordBoundary: Self.isWordBoundary(position, text, start)
    case .noWordBoundary: !Self.isWordBoundary(position, text, start)
    }
  }

  private static func isWordBoundary(_ position: Int, _ text: [UInt8], _ start: Int) -> Bool {
    let before = position > start && ByteSet.words.contains(text[position - 1])
    let after = position < text.count && ByteSet.words.contains(text[position])
    return before != after
  }
}
