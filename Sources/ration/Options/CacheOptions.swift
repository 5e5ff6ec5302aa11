import ArgumentParser
import Foundation

/// Where measurements are remembered.
struct CacheOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "File that remembers measurements.",
      discussion: """
        By default measurements.sqlite in ration's folder of the user's cache folder. It can be \
        deleted at any time; what it held is measured again.
        """,
      valueName: "file"),
    completion: .file(extensions: ["sqlite"]), transform: FilePaths.named)
  var cache: String?

  /// The file of `--cache`, else the default.
  var cachePath: String {
    if let cache { return cache }
    let environment = ProcessInfo.processInfo.environment
    // The XDG Base Directory Specification has relative paths, and empty ones, ignored.
    let folder =
      environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    return folder.appending(path: "ration/measurements.sqlite").path
  }
}
