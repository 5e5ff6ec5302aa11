import GGUF

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension ErrorKind {
  /// The code that the program ends with, and its meaning in a few words. This table is the only one:
  /// help and the man page print it, and a test holds `docs/commands.md` against it.
  private var exit: (code: Int32, meaning: String) {
    switch self {
    case .usage: (2, "wrong usage")
    case .badInput: (3, "an input file is bad")
    case .infeasible: (4, "the target or a constraint cannot be met")
    case .inputOutput: (5, "reading or writing failed")
    case .conflict: (6, "an output conflicts with an existing file")
    case .nonFinite: (7, "weights are NaN or infinite, or beyond a type")
    case .verification: (8, "verification failed")
    case .interrupted(let signal): (128 + signal, "interrupted")
    }
  }

  /// The code that the program ends with, `128 + signal` where one ended it, as shells have it.
  var exitCode: Int32 { exit.code }

  /// The codes with their meanings, a line each, as help shows them.
  static var exitCodes: String {
    let kinds: [ErrorKind] = [
      .usage, .badInput, .infeasible, .inputOutput, .conflict, .nonFinite, .verification,
    ]
    let signals = [SIGHUP, SIGINT, SIGTERM].map { "\(ErrorKind.interrupted(signal: $0).exitCode)" }
    let rows =
      [("0", "done")] + kinds.map { ("\($0.exitCode)", $0.exit.meaning) }
      + [(signals.joined(separator: ", "), "interrupted")]
    return rows.map { "  \($0) \($1)" }.joined(separator: "\n")
  }
}
