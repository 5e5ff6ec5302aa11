/// Watches long work.
package protocol Progress: Sendable {
  /// Work begins that will advance by `total` units in all.
  func begin(_ activity: String, total: Int, of unit: ProgressUnit)
  /// So much more is done. Called from any thread.
  func advance(by amount: Int)
  /// The work is over, done or not.
  func end()
}

/// What work advances by.
package enum ProgressUnit: String, Sendable {
  case weights
  case tokens
}

/// Watches nothing.
package struct NoProgress: Progress {
  package init() {}
  package func begin(_ activity: String, total: Int, of unit: ProgressUnit) {}
  package func advance(by amount: Int) {}
  package func end() {}
}
