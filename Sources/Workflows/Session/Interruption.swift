package import GGUF
import Synchronization

/// A wish to stop, which long work looks at between its steps.
package final class Interruption: Sendable {
  private let signal = Atomic<Int32>(0)

  package init() {}

  /// Asks for an end, for the reason of this signal.
  package func request(signal number: Int32) { signal.store(number, ordering: .relaxed) }

  /// Throws `Interrupted` once an end has been asked for.
  package func check() throws {
    let number = signal.load(ordering: .relaxed)
    if number != 0 { throw Interrupted(signal: number) }
  }
}

/// The work was ended on request, in good order.
package struct Interrupted: ClassifiedError {
  /// The signal that asked for it.
  package let signal: Int32

  package var kind: ErrorKind { .interrupted(signal: signal) }

  package var description: String {
    "interrupted: files are written whole or not at all, and what was measured is kept"
  }
}
