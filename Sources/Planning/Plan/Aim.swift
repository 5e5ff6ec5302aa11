/// What types are chosen for.
enum Aim {
  /// The least loss, where a second of a token counts as much as this loss.
  case loss(ofSecond: Double)
  /// The least time.
  case speed

  /// What a candidate costs; the least sum is wanted.
  func cost(_ candidate: Candidate) -> Double {
    switch self {
    case .loss(let price): candidate.loss + price * candidate.seconds
    case .speed: candidate.seconds
    }
  }

  /// The candidates of a choice with their costs in place of losses.
  func weighed(_ choice: Choice) -> Choice {
    if case .loss(0) = self { return choice }
    return Choice(
      names: choice.names,
      candidates: choice.candidates.map {
        Candidate(type: $0.type, bytes: $0.bytes, loss: cost($0))
      })
  }
}
