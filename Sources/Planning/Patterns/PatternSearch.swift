/// A search for a pattern in a text, which never goes back: all the ways a text can match are followed at once.
struct PatternSearch {
  private let program: PatternProgram
  private let text: [UInt8]
  /// Steps that it may still take.
  private(set) var stepsLeft: Int
  /// For each look-ahead the places where it holds, once that is known.
  private var aheads: [PatternReach?]
  /// Whether a text begins anew at a look-ahead.
  private var aheadsBeginAnew = false
  /// Where the text begins, for `^` and the ends of words.
  private let origin: Int
  /// The place at which a step was last reached.
  private var visited: [Int]

  init(for program: PatternProgram, in text: [UInt8], steps: Int, origin: Int = 0) {
    self.program = program
    self.text = text
    self.origin = origin
    stepsLeft = steps
    aheads = Array(repeating: nil, count: program.aheads.count)
    visited = []
  }

  /// Whether some part of the text matches; false also where the steps ran out.
  ///
  /// To libstdc++ a text begins anew at a look-ahead: `^` holds there, and what comes before is no part of
  /// a word. But only for matches that begin with the text; for later ones it begins where it does.
  mutating func matches() -> Bool {
    if program.aheads.isEmpty { return end(from: 0..<text.count + 1, takesFirst: true) != nil }
    aheadsBeginAnew = true
    if end(from: 0..<1, takesFirst: true) != nil { return true }
    aheadsBeginAnew = false
    return !text.isEmpty && end(from: 1..<text.count + 1, takesFirst: true) != nil
  }

  /// Whether a part that begins just here matches.
  mutating func matches(at position: Int) -> Bool {
    end(from: position..<position + 1, takesFirst: true) != nil
  }

  /// Where the longest match that begins here ends; nil where none does.
  mutating func longestEnd(at position: Int) -> Int? {
    end(from: position..<position + 1, takesFirst: false)
  }

  /// Where a match that begins within `starts` ends: the first end that is found, or the last one.
  private mutating func end(from starts: Range<Int>, takesFirst: Bool) -> Int? {
    visited = Array(repeating: -1, count: program.instructions.count)
    var current: [Int] = []
    var following: [Int] = []
    var end: Int?
    for position in starts.lowerBound...text.count {
      // `current` holds the steps that wait for the byte at `position`.
      if starts.contains(position), follow(0, at: position, into: &current) {
        end = position
        if takesFirst { return end }
      }
      guard stepsLeft > 0, position < text.count,
        !current.isEmpty || mayBegin(after: position, starts)
      else { return stepsLeft > 0 ? end : nil }
      following.removeAll(keepingCapacity: true)
      stepsLeft -= current.count + 1
      for step in current {
        guard case .take(let set) = program.instructions[step], set.contains(text[position]) else {
          continue
        }
        if follow(step + 1, at: position + 1, into: &following) {
          end = position + 1
          if takesFirst { return end }
        }
      }
      swap(&current, &following)
    }
    return stepsLeft > 0 ? end : nil
  }

  /// Whether a match can begin after `position`: not beyond `starts`, nor where the pattern begins with
  /// `^`.
  private func mayBegin(after position: Int, _ starts: Range<Int>) -> Bool {
    if case .place(.start) = program.instructions[0] { return false }
    return position + 1 < starts.upperBound
  }

  /// Adds every step that waits for a byte and is reached from `first` without taking one; returns
  /// whether the end is among those reached.
  private mutating func follow(_ first: Int, at position: Int, into steps: inout [Int]) -> Bool {
    var pending = [first]
    var isEnd = false
    while let step = pending.popLast() {
      guard visited[step] != position else { continue }
      visited[step] = position
      stepsLeft -= 1
      switch program.instructions[step] {
      case .accept: isEnd = true
      case .take: steps.append(step)
      case .fork(let a, let b):
        pending.append(b)
        pending.append(a)
      case .place(let place):
        if place.holds(at: position, of: text, from: origin) { pending.append(step + 1) }
      case .ahead(let index, let negated):
        if ahead(index, holdsAt: position) != negated { pending.append(step + 1) }
      }
    }
    return isEnd
  }

  /// Whether a look-ahead holds at a place. Where it does not matter where the text begins, all places are
  /// looked at together, once.
  private mutating func ahead(_ index: Int, holdsAt position: Int) -> Bool {
    let ahead = program.aheads[index]
    if aheadsBeginAnew, ahead.asksWhereTextBegins {
      var search = PatternSearch(for: ahead, in: text, steps: stepsLeft, origin: position)
      defer { stepsLeft = search.stepsLeft }
      return search.matches(at: position)
    }
    if let reach = aheads[index] { return reach.holds(at: position) }
    let reach = PatternReach(of: ahead, in: text, steps: &stepsLeft)
    aheads[index] = reach
    return reach.holds(at: position)
  }
}
