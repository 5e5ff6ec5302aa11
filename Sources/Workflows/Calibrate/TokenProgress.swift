import NeuralNetwork

/// Shows in a session how work of a network advances, in tokens, and ends the work on an interruption.
struct TokenProgress {
  private let session: Session

  init(_ activity: String, tokens: Int, _ session: Session) {
    self.session = session
    session.progress.begin(activity, total: tokens, of: .tokens)
  }

  /// The progress of a part of the work.
  ///
  /// - Parameter tokens: how many it is of.
  func part(_ tokens: Int) -> Network.Progress {
    let session = session
    var shown = 0
    return { done, total in
      try session.interruption.check()
      let now = tokens * done / total
      session.progress.advance(by: now - shown)
      shown = now
    }
  }

  func end() { session.progress.end() }
}
