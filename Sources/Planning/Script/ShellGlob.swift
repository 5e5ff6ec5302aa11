/// A pattern of a shell, as in `${name%pattern}`: `*`, `?`, `[…]`, and everything else as it stands.
struct ShellGlob {
  private enum Token {
    case any
    case anyRun
    case set(ByteSet)
  }

  private var tokens: [Token] = []
  /// What keeps it from being told.
  private var gap: ScriptGap?

  /// The pattern that a word stands for. What is quoted in it has no meaning of its own.
  init(_ word: ShellWord, _ run: inout ShellRun) throws {
    for part in word.parts {
      let text = try run.text(of: ShellWord(parts: [part], line: word.line))
      gap = gap ?? text.gaps.first
      if case .literal(_, isQuoted: false) = part {
        append(text.bytes)
      } else {
        tokens += text.bytes.map { .set(ByteSet($0)) }
      }
    }
  }

  private mutating func append(_ bytes: [UInt8]) {
    var place = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "*"): tokens.append(.anyRun)
      case UInt8(ascii: "?"): tokens.append(.any)
      case UInt8(ascii: "["):
        var rest = Array(bytes[(place + 1)...])
        if rest.first == UInt8(ascii: "!") { rest[0] = UInt8(ascii: "^") }
        var brackets = PatternBrackets(input: PatternInput(bytes: rest))
        if let set = try? brackets.parse() {
          tokens.append(.set(set))
          place = bytes.count - brackets.input.remaining - 1
        } else {
          tokens.append(.set(ByteSet(bytes[place])))
        }
      default: tokens.append(.set(ByteSet(bytes[place])))
      }
      place += 1
    }
  }

  /// The longest text in which a pattern with `*` is looked for.
  private static let longest = 10_000

  /// The text without what matches at one of its ends.
  func removed(from text: ScriptText, atStart: Bool, longest: Bool) -> ScriptText {
    if let gap = gap ?? text.gaps.first ?? tooLong(text) { return ScriptText(gap) }
    let counts = fixedCount.map { [$0].filter { $0 <= text.count } } ?? Array(0...text.count)
    for count in longest ? counts.reversed() : counts {
      let part = atStart ? 0..<count : text.count - count..<text.count
      guard matches(text.bytes[part]) else { continue }
      return atStart ? text[count..<text.count] : text[0..<text.count - count]
    }
    return text
  }

  /// The text with another in place of what matches, the longest at each place.
  func replaced(in text: ScriptText, by replacement: ScriptText, all: Bool) -> ScriptText {
    if let gap = gap ?? text.gaps.first ?? tooLong(text) { return ScriptText(gap) }
    guard !tokens.isEmpty else { return text }
    var result = ScriptText()
    var place = 0
    while place < text.count {
      let ends =
        fixedCount.map { [place + $0].filter { $0 <= text.count } }
        ?? Array((place + 1...text.count).reversed())
      guard let end = ends.first(where: { matches(text.bytes[place..<$0]) }) else {
        result.append(text.bytes[place], line: Int(text.lines[place]))
        place += 1
        continue
      }
      // What is put in stands in the line of what it replaces, so that rules keep theirs.
      for byte in replacement.bytes { result.append(byte, line: Int(text.lines[place])) }
      place = end
      if !all { break }
    }
    if place < text.count { result.append(text[place..<text.count]) }
    return result
  }

  private func tooLong(_ text: ScriptText) -> ScriptGap? {
    guard fixedCount == nil, text.count > Self.longest else { return nil }
    return ScriptGap(
      reason: .untold("a pattern with ‘*’ in so long a text"), line: text.firstLine ?? 1)
  }

  /// How many bytes match, where that is fixed.
  private var fixedCount: Int? {
    for case .anyRun in tokens { return nil }
    return tokens.count
  }

  private func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
    // Which tokens can be done before the next byte.
    var states: Set<Int> = [0]
    func close() {
      for token in tokens.indices where states.contains(token) {
        if case .anyRun = tokens[token] { states.insert(token + 1) }
      }
    }
    close()
    for byte in bytes {
      var next: Set<Int> = []
      for state in states where state < tokens.count {
        switch tokens[state] {
        case .any: next.insert(state + 1)
        case .anyRun: next.insert(state)
        case .set(let set): if set.contains(byte) { next.insert(state + 1) }
        }
      }
      states = next
      guard !states.isEmpty else { return false }
      close()
    }
    return states.contains(tokens.count)
  }
}
