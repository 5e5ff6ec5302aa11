import ArgumentParser
import Foundation
import Workflows

/// Options that all commands have.
struct SessionOptions: ParsableArguments {
  @Option(
    help: "Threads to compute with, by default as many as cores; results do not depend on it.")
  var threads: Int?

  @Flag(help: "Print nothing but the result and errors.")
  var quiet = false

  @Flag(help: "Treat warnings as errors.")
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
      progress: !quiet && Output.error.isTerminal ? TerminalProgress() : NoProgress(),
      isStrict: strict
    ) { sentence in
      if !isQuiet { Output.error.write("ration: warning: \(sentence)\n") }
    }
  }
}

/// Where measurements are kept.
struct CacheOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File that remembers measurements.",
      discussion: "By default measurements.sqlite in ration's folder of the user's cache folder."))
  var cache: String?

  /// The file: the one named, else the default.
  var path: String {
    if let cache { return cache }
    let environment = ProcessInfo.processInfo.environment
    let folder =
      environment["XDG_CACHE_HOME"].map { URL(filePath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    return folder.appending(path: "ration/measurements.sqlite").path
  }
}
