/// `{a,b}` and `{1..3}`.
extension ShellWord {
  /// The most words that braces may make.
  private static let most = 100_000

  /// The words that braces make of this one, in which nothing else is expanded yet.
  func bracesExpanded() -> [ShellWord] {
    var done: [ShellWord] = []
    var pending = [self]
    while let word = pending.popLast() {
      guard done.count + pending.count < Self.most, let words = word.firstBracesExpanded() else {
        done.append(word)
        continue
      }
      pending += words.reversed()
    }
    return done
  }

  /// The words that the first braces make; nil where there are none.
  private func firstBracesExpanded() -> [ShellWord]? {
    for (place, part) in parts.enumerated() {
      guard case .literal(let text, isQuoted: false) = part else { continue }
      for open in text.bytes.indices where text.bytes[open] == UInt8(ascii: "{") {
        guard let (close, choices) = Self.choices(in: text, from: open) else { continue }
        return choices.map { choice in
          var changed = text[0..<open]
          changed.append(choice)
          changed.append(text[close + 1..<text.count])
          var word = self
          word.parts[place] = .literal(changed, isQuoted: false)
          return word
        }
      }
    }
    return nil
  }

  /// Where braces close, and what stands between them.
  private static func choices(
    in text: ScriptText, from open: Int
  ) -> (close: Int, choices: [ScriptText])? {
    var depth = 0
    var commas: [Int] = []
    for place in open..<text.count {
      switch text.bytes[place] {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ","): if depth == 1 { commas.append(place) }
      case UInt8(ascii: "}"):
        depth -= 1
        guard depth == 0 else { continue }
        guard !commas.isEmpty else { return range(text[open + 1..<place]).map { (place, $0) } }
        let bounds = [open] + commas + [place]
        return (place, zip(bounds, bounds.dropFirst()).map { text[$0 + 1..<$1] })
      default: break
      }
    }
    return nil
  }

  /// `1..3` and `3..1` as numbers.
  private static func range(_ text: ScriptText) -> [ScriptText]? {
    let ends = text.string.split(separator: "..", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]),
      let line = text.firstLine, first.magnitude < 1 << 31, last.magnitude < 1 << 31,
      abs(last - first) < most
    else { return nil }
    let isPadded = ends.contains { $0.count > 1 && $0.drop { $0 == "-" }.first == "0" }
    guard !isPadded else { return nil }
    return stride(from: first, through: last, by: first <= last ? 1 : -1).map {
      ScriptText("\($0)", line: line)
    }
  }
}
