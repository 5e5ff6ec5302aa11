package import GGUF
import Synchronization

/// A wish to stop, which long work looks at between its steps.
///
/// Work that does not look is ended all the same, a second after a signal, by `ration`. What looking saves is
/// the work that is kept on the way out.
package final class Interruption: Sendable {
  private let requested = Atomic<Int32>(0)
  private let heard: @Sendable () -> Int32

  /// - Parameter heard: the signal that asks for an end, or 0.
  package init(heard: @escaping @Sendable () -> Int32 = { 0 }) { self.heard = heard }

  /// Asks for an end, for the reason of this signal.
  package func request(signal number: Int32) { requested.store(number, ordering: .relaxed) }

  /// Throws `Interrupted` once an end has been asked for.
  package func check() throws(Interrupted) {
    let number = requested.load(ordering: .relaxed)
    let signal = number != 0 ? number : heard()
    if signal != 0 { throw Interrupted(signal: signal) }
  }
}

/// The work was ended on request, in good order.
package struct Interrupted: ClassifiedError {
  /// The signal that asked for it.
  package let signal: Int32

  package var kind: ErrorKind { .interrupted(signal: signal) }

  package var description: String { "interrupted" }
}
