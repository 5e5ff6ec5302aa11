import ArgumentParser
import Codecs
import Foundation
import Measurement

/// How errors of tensors under types are measured.
struct MeasurementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Share of the rows to measure, or full.",
      discussion: """
        By default a sixteenth, but at least 256 rows and a million weights of each tensor. More \
        rows take longer and make predictions more certain.
        """,
      valueName: "fraction|full"))
  var sample: Sampling?

  @Option(
    help: ArgumentHelp(
      "What encoders weigh errors by.",
      discussion: """
        importance is the loss that is predicted. heuristic is what llama.cpp and ik_llama.cpp \
        minimise: importance times √(σ² + x²).
        """,
      valueName: "rule"))
  var weighting: Weighting = .importance

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

  @Flag(
    help: ArgumentHelp(
      "Accept a model that is quantized already.",
      discussion: """
        Figures then compare with the quantized model: the errors that it has are not counted.
        """))
  var allowRequantize = false

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
