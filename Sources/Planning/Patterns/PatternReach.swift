/// The places of a text at which a pattern matches, all found together: from the end of the text to its start, each
/// place knows from the next one which steps of the program lead to a match.
struct PatternReach {
  private var places: [Bool]

  /// Looks at all places, and takes off the steps that it takes. Where they run out, no place matches.
  ///
  /// The program holds no look-ahead.
  init(of program: PatternProgram, in text: [UInt8], steps: inout Int) {
    let instructions = program.instructions
    places = Array(repeating: false, count: text.count + 1)
    var next = [Bool](repeating: false, count: instructions.count)
    for position in (0...text.count).reversed() {
      var leads = [Bool](repeating: false, count: instructions.count)
      var isSettled = false
      // Forks that lead back see what they lead to in another round.
      while !isSettled {
        isSettled = true
        steps -= instructions.count
        guard steps > 0 else { return }
        for (step, instruction) in instructions.enumerated().reversed() where !leads[step] {
          let leadsOn =
            switch instruction {
            case .accept: true
            case .take(let set):
              position < text.count && next[step + 1] && set.contains(text[position])
            case .fork(let a, let b): leads[a] || leads[b]
            case .place(let place):
              leads[step + 1] && place.holds(at: position, of: text, from: 0)
            case .ahead: false
            }
          if leadsOn {
            leads[step] = true
            isSettled = false
          }
        }
      }
      places[position] = leads[0]
      next = leads
    }
  }

  /// Whether a match begins at a place.
  func holds(at position: Int) -> Bool { places[position] }
}
