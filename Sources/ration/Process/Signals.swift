import Dispatch
import Workflows

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Turns signals into interruptions.
enum Signals {
  /// The interruption that the first SIGINT, SIGTERM or SIGHUP asks for; a second one ends the program
  /// at once.
  static let interruption = Interruption()

  private nonisolated(unsafe) static var sources: [any DispatchSourceSignal] = []

  /// To be called once, before any work.
  static func prepare() {
    // A stream that the caller closed must not become the number of a file that is opened here.
    while case let descriptor = open("/dev/null", O_RDWR), descriptor >= 0 {
      guard descriptor > 2 else { continue }
      close(descriptor)
      break
    }
    // A closed pipe and a file-size limit are errors of the write that meets them.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        interruption.request(signal: number)
        // A second one finds the default action.
        signal(number, SIG_DFL)
      }
      source.resume()
      sources.append(source)
    }
  }
}
