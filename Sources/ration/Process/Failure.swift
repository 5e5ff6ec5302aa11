import ArgumentParser
import GGUF
import Workflows

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `exit`, by a name that `Failure.exit` does not hide.
private func terminate(_ code: Int32) -> Never { exit(code) }

/// How a command ends that could not do what it was asked for.
enum Failure {
  /// Prints one sentence, or the help that was asked for, and ends the program with the code that the
  /// error has.
  static func exit(with error: any Error) -> Never {
    if let error = error as? any ClassifiedError {
      if case .interrupted(let signal) = error.kind {
        Output.error.write("ration: \(error is Interrupted ? Signals.farewell : "\(error)")\n")
        Signals.end(by: signal)
      }
      Output.error.write("ration: \(error)\n")
      terminate(error.kind.exitCode)
    }
    switch Ration.exitCode(for: error) {
    case .success:
      do {
        try Output.standard.writeAll(Ration.fullMessage(for: error) + "\n")
      } catch {
        exit(with: error)
      }
      terminate(0)
    case .validationFailure:
      Output.error.write(Ration.fullMessage(for: error) + "\n")
      terminate(ErrorKind.usage.exitCode)
    default:
      // An error of the system's libraries, which the package's own code did not classify.
      Output.error.write("ration: \(error)\n")
      terminate(ErrorKind.inputOutput.exitCode)
    }
  }
}
