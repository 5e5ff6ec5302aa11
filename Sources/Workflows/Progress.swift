/// Watches long work.
package protocol Progress: Sendable {
  /// Work begins that will advance by `total` in all.
  func begin(_ activity: String, total: Int)
  /// So much more is done. Called from any thread.
  func advance(by amount: Int)
  /// The work is over, done or not.
  func end()
}

/// Watches nothing.
package struct NoProgress: Progress {
  package init() {}
  package func begin(_ activity: String, total: Int) {}
  package func advance(by amount: Int) {}
  package func end() {}
}
