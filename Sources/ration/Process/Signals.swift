import CProcess
import Workflows

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Turns signals into interruptions.
enum Signals {
  /// The interruption that SIGINT, SIGTERM or SIGHUP asks for.
  static let interruption = Interruption { process_signal_heard() }

  /// To be called first of all.
  static func prepare() {
    process_hear_signals()
    // A closed pipe and a file-size limit are errors of the write that meets them.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// What a command that was interrupted says, be it ended in good order or wherever it was.
  static var farewell: String {
    get { String(cString: process_farewell()) }
    set { process_set_farewell(newValue) }
  }

  /// Ends the program as the signal does by default, so that a shell stops its script too.
  static func end(by signal: Int32) -> Never { process_end_by_signal(signal) }
}
