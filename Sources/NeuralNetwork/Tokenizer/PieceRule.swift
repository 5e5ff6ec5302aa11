/// One alternative of a pre-tokenizer's regular expression.
enum PieceRule: Sendable, Equatable {
  /// `'s|'t|'re|'ve|'m|'ll|'d`.
  case contraction(ignoringCase: Bool)
  /// `[before]?[kinds]{count}[after]*`, or `[before][kinds]{count}[after]*` where the first is needed.
  case run(
    CharacterKinds, count: ClosedRange<Int>, before: CharacterKinds, isBeforeNeeded: Bool,
    after: CharacterKinds)
  /// `[^\r\n\p{L}\p{N}]?U*L+` or else `[^\r\n\p{L}\p{N}]?U+L*`, where U is a letter but a–z and L a
  /// letter but A–Z; a contraction of any case may follow.
  case casedWord(thenContraction: Bool)
  /// `\s*[\r\n]+`.
  case lineEnd
  /// `\s+(?!\S)|\s+`.
  case whitespace
  /// `\s+$`.
  case whitespaceAtEnd
  /// `[before]?[ranges]+`, but for white space, which llama.cpp's ranges do not match.
  case scripts([ClosedRange<Unicode.Scalar>], before: CharacterKinds)
  /// `[^\r\n\p{L}\p{N}]?[\p{L}&&[^ranges]]+(?:'s|'t|'re|'ve|'m|'ll|'d)?`.
  case word(notIn: [ClosedRange<Unicode.Scalar>])

  /// `[before]?[kinds]{count}[after]*`; `kinds` once or more unless told otherwise.
  static func run(
    _ kinds: CharacterKinds, count: ClosedRange<Int> = 1...Int.max, before: CharacterKinds = [],
    after: CharacterKinds = []
  ) -> Self {
    .run(kinds, count: count, before: before, isBeforeNeeded: false, after: after)
  }
}

extension PieceRule {
  /// Where the match that begins at `start` ends, as an index of `text`; nil where there is none.
  /// Nothing from `end` on is seen, as if the text ended there.
  func match(_ text: ScannedText, from start: Int, to end: Int) -> Int? {
    switch self {
    case .contraction(let ignoringCase):
      return text.contraction(at: start, to: end, ignoringCase: ignoringCase)

    case .run(let kinds, let count, let before, let isBeforeNeeded, let after):
      var first = start
      if before.contains(text.kinds[start]), start + 1 < end, kinds.contains(text.kinds[start + 1])
      {
        first += 1
      } else if isBeforeNeeded {
        return nil
      }
      let limit = count.upperBound < end - first ? first + count.upperBound : end
      let last = text.end(of: kinds, from: first, to: limit)
      guard last - first >= count.lowerBound else { return nil }
      return text.end(of: after, from: last, to: end)

    case .casedWord(let thenContraction):
      guard let last = text.casedWord(at: start, to: end) else { return nil }
      guard thenContraction else { return last }
      return text.contraction(at: last, to: end, ignoringCase: true) ?? last

    case .lineEnd:
      let last = text.end(of: .whitespace, from: start, to: end)
      return text.kinds[start..<last].lastIndex(of: .lineBreak).map { $0 + 1 }

    case .whitespace:
      let last = text.end(of: .whitespace, from: start, to: end)
      // The last white space before a word is left to the word.
      if last < end, last - start > 1 { return last - 1 }
      return last > start ? last : nil

    case .whitespaceAtEnd:
      let last = text.end(of: .whitespace, from: start, to: end)
      return last == end ? last : nil

    case .scripts(let ranges, let before):
      func isMember(_ index: Int) -> Bool {
        text.isAny(of: ranges, index) && !CharacterKinds.whitespace.contains(text.kinds[index])
      }
      var last = start
      if before.contains(text.kinds[start]), start + 1 < end, isMember(start + 1) { last += 1 }
      guard isMember(last) else { return nil }
      while last < end, isMember(last) { last += 1 }
      return last

    case .word(let ranges):
      let first = CharacterKinds.leads.contains(text.kinds[start]) ? start + 1 : start
      var last = first
      while last < end, CharacterKinds.letters.contains(text.kinds[last]),
        !text.isAny(of: ranges, last)
      {
        last += 1
      }
      guard last > first else { return nil }
      return text.contraction(at: last, to: end, ignoringCase: false) ?? last
    }
  }
}

extension CharacterKinds {
  /// `[^\r\n\p{L}\p{N}]`.
  fileprivate static let leads = all.subtracting(letters).subtracting(numbers)
    .subtracting(lineBreak)
}

extension ScannedText {
  /// Whether a character is from any of some ranges.
  fileprivate func isAny(of ranges: [ClosedRange<Unicode.Scalar>], _ index: Int) -> Bool {
    ranges.contains { $0.contains(scalars[index]) }
  }

  /// The first index from `start` on of a character of another kind.
  fileprivate func end(of kinds: CharacterKinds, from start: Int, to end: Int) -> Int {
    var index = start
    while index < end, kinds.contains(self.kinds[index]) { index += 1 }
    return index
  }

  fileprivate func contraction(at start: Int, to end: Int, ignoringCase: Bool) -> Int? {
    guard start + 1 < end, scalars[start] == "'" else { return nil }
    func letter(_ index: Int) -> Unicode.Scalar? {
      guard index < end else { return nil }
      guard ignoringCase, kinds[index] == .uppercaseASCII else { return scalars[index] }
      return Unicode.Scalar(scalars[index].value | 0x20)
    }
    switch (letter(start + 1), letter(start + 2)) {
    case ("s", _), ("t", _), ("m", _), ("d", _): return start + 2
    case ("r", "e"), ("v", "e"), ("l", "l"): return start + 3
    default: return nil
    }
  }

  fileprivate func casedWord(at start: Int, to end: Int) -> Int? {
    let upper: CharacterKinds = [.uppercaseASCII, .otherLetter]
    let lower: CharacterKinds = [.lowercaseASCII, .otherLetter]
    let first = CharacterKinds.leads.contains(kinds[start]) ? start + 1 : start
    let capitals = self.end(of: upper, from: first, to: end)
    let word = self.end(of: lower, from: capitals, to: end)
    if word > capitals { return word }
    // Nothing but capitals: the first alternative gives back what the last of them that may also
    // be lower case needs; without one the second alternative takes them all.
    let lastLower = kinds[first..<max(first, capitals)].lastIndex { lower.contains($0) }
    if let lastLower { return lastLower + 1 }
    return capitals > first ? capitals : nil
  }
}
