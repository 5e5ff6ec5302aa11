package import GGUF
import Measurement
import Threads

/// What all work of one command shares.
package struct Session: Sendable {
  /// Threads to compute with. Results do not depend on it.
  package let threads: Int
  package let interruption: Interruption
  package let progress: any Progress
  /// Whether warnings are errors.
  package let isStrict: Bool
  private let warning: @Sendable (String) -> Void

  /// - Parameter warning: told every warning, a sentence without a full stop.
  package init(
    threads: Int, interruption: Interruption = Interruption(),
    progress: any Progress = NoProgress(),
    isStrict: Bool = false, warning: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.threads = max(1, threads)
    self.interruption = interruption
    self.progress = progress
    self.isStrict = isStrict
    self.warning = warning
  }

  /// Calls `body` once for each of `items` on the session's threads, in no fixed order. Stops early on the
  /// first error, which it throws, and on an interruption.
  ///
  /// - Parameters:
  ///   - makeState: makes what a thread keeps for itself from item to item, such as buffers.
  ///   - body: the work of an item, given the state of its thread and the number of the item.
  func forEach<State>(
    _ items: Int, makeState: @Sendable () -> State,
    _ body: @Sendable (inout State, Int) throws -> Void
  ) throws {
    let interruption = interruption
    try Workers(threads).forEach(items, makeState: makeState) { state, item in
      try interruption.check()
      try body(&state, item)
    }
  }

  /// The session's threads, for work that asks for interruptions itself.
  var workers: Workers { Workers(threads) }

  /// Tells of something that the user should know.
  package func note(_ sentence: String) { warning(sentence) }

  /// Opens the cache of measurements, and tells what is the matter with it.
  ///
  /// - Throws: `ConflictError` where the path belongs to something else.
  func openCache(_ path: String?) throws -> MeasurementCache {
    let cache = try MeasurementCache(path: path, note: note)
    for warning in cache.warnings { note(warning) }
    return cache
  }

  /// Writes a text, whole or not at all.
  ///
  /// - Parameter output: where it goes; nil for nowhere.
  func write(_ text: String, to output: Reservation?) throws {
    guard let output else { return }
    if let uncertainty = try WholeFile.write(Array(text.utf8), to: output) { note(uncertainty) }
  }

  /// Tells of something that may not be what the user meant; under `--strict` an error.
  func warn(_ sentence: String) throws(StrictError) {
    guard !isStrict else { throw StrictError(warning: sentence) }
    warning(sentence)
  }
}

/// A warning that `--strict` makes an error.
package struct StrictError: ClassifiedError {
  package let warning: String
  package var kind: ErrorKind { .usage }
  package var description: String { "\(warning) (an error under --strict)" }
}
