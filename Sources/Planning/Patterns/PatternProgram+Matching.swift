extension PatternProgram {
  /// Whether some part of `text` matches.
  ///
  /// To libstdc++ a text begins anew at a look-ahead: `^` holds there, and what comes before is no part of
  /// a word. But only for matches that begin with the text; for later ones it begins where it does.
  func matches(_ text: [UInt8]) -> Bool {
    if aheads.isEmpty { return matches(text, from: 0..<text.count + 1) }
    return matches(text, from: 0..<1, aheadsBeginAnew: true)
      || !text.isEmpty && matches(text, from: 1..<text.count + 1)
  }

  /// Whether a part that begins within `starts` matches, where `text` begins at `origin`.
  private func matches(
    _ text: [UInt8], from starts: Range<Int>, origin: Int = 0, aheadsBeginAnew: Bool = false
  ) -> Bool {
    var visited = [Int](repeating: -1, count: instructions.count)
    var current: [Int] = []
    var following: [Int] = []
    let follow = { (first: Int, position: Int, visited: inout [Int], steps: inout [Int]) in
      self.follow(
        first, at: position, of: text, origin: origin, aheadsBeginAnew, &visited, into: &steps)
    }
    for position in starts.lowerBound...text.count {
      // `current` holds the steps that wait for the byte at `position`.
      if starts.contains(position), follow(0, position, &visited, &current) { return true }
      guard position < text.count, !current.isEmpty || mayBegin(after: position, starts) else {
        return false
      }
      following.removeAll(keepingCapacity: true)
      for step in current {
        guard case .take(let set) = instructions[step], set.contains(text[position]) else {
          continue
        }
        if follow(step + 1, position + 1, &visited, &following) { return true }
      }
      swap(&current, &following)
    }
    return false
  }

  /// Whether a match can begin after `position`: not beyond `starts`, nor where the pattern begins with
  /// `^`.
  private func mayBegin(after position: Int, _ starts: Range<Int>) -> Bool {
    if case .place(.start) = instructions[0] { return false }
    return position + 1 < starts.upperBound
  }

  /// Adds every step that waits for a byte and is reached from `first` without taking one; returns
  /// whether the end is among those reached. `visited` holds the position at which a step was last
  /// reached.
  private func follow(
    _ first: Int, at position: Int, of text: [UInt8], origin: Int, _ aheadsBeginAnew: Bool,
    _ visited: inout [Int], into steps: inout [Int]
  ) -> Bool {
    var pending = [first]
    while let step = pending.popLast() {
      guard visited[step] != position else { continue }
      visited[step] = position
      switch instructions[step] {
      case .accept: return true
      case .take: steps.append(step)
      case .fork(let a, let b):
        pending.append(b)
        pending.append(a)
      case .place(let place):
        if place.holds(at: position, of: text, from: origin) { pending.append(step + 1) }
      case .ahead(let index, let negated):
        let holds = aheads[index].matches(
          text, from: position..<position + 1, origin: aheadsBeginAnew ? position : 0)
        if holds != negated { pending.append(step + 1) }
      }
    }
    return false
  }
}
