extension PatternProgram {
  /// Whether some part of `text` matches; with `start`, whether a part that begins there does.
  func matches(_ text: [UInt8], from start: Int? = nil) -> Bool {
    var visited = [Int](repeating: -1, count: instructions.count)
    var current: [Int] = []
    var following: [Int] = []
    var position = start ?? 0
    while true {
      // `current` holds the steps that wait for the byte at `position`.
      if start == nil || position == start {
        if follow(0, at: position, of: text, &visited, into: &current) { return true }
      }
      guard position < text.count, !current.isEmpty || mayBegin(after: position, start) else {
        return false
      }
      following.removeAll(keepingCapacity: true)
      for step in current {
        guard case .take(let set) = instructions[step], set.contains(text[position]) else {
          continue
        }
        if follow(step + 1, at: position + 1, of: text, &visited, into: &following) { return true }
      }
      swap(&current, &following)
      position += 1
    }
  }

  /// Whether a match can begin after `position`: not where one place was asked for, nor where the
  /// pattern begins with `^`.
  private func mayBegin(after position: Int, _ start: Int?) -> Bool {
    if case .place(.start) = instructions[0] { return false }
    return start == nil
  }

  /// Adds every step that waits for a byte and is reached from `first` without taking one; returns
  /// whether the end is among those reached. `visited` holds the position at which a step was last
  /// reached.
  private func follow(
    _ first: Int, at position: Int, of text: [UInt8], _ visited: inout [Int],
    into steps: inout [Int]
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
        if place.holds(at: position, of: text) { pending.append(step + 1) }
      case .ahead(let index, let negated):
        if aheads[index].matches(text, from: position) != negated { pending.append(step + 1) }
      }
    }
    return false
  }
}
