import ArgumentParser
import Foundation
import Workflows

/// Options that all commands have.
struct SessionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Threads to compute with, by default as many as cores; results do not depend on it.",
      valueName: "count"))
  var threads: Int?

  @Flag(help: "Print nothing but the result and errors.")
  var quiet = false

  @Flag(help: "Treat warnings as errors: the first one ends the command with exit code 2.")
  var strict = false

  func validate() throws {
    if let threads, !(1...4096).contains(threads) {
      throw ValidationError("--threads must be from 1 to 4096, not \(threads)")
    }
  }

  /// The session of the command.
  var session: Session {
    let isQuiet = quiet
    return Session(
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
      interruption: Signals.interruption,
      progress: !quiet && Output.error.terminal?.canRedraw == true
        ? TerminalProgress() : NoProgress(),
      isStrict: strict
    ) { sentence in
      if !isQuiet { Output.error.write("ration: warning: \(sentence)\n") }
    }
  }
}
