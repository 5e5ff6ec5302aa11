import ArgumentParser
import Codecs
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

  @OptionGroup var place: CacheOptions

  @Flag(
    help: ArgumentHelp(
      "Accept a model that is quantized already.",
      discussion: """
        Figures then compare with the quantized model: the errors that it has are not counted.
        """))
  var allowRequantize = false

  /// The file of `--cache`; nil where none was given.
  var cache: String? { place.cache }
  /// The file of `--cache`, else the default.
  var cachePath: String { place.cachePath }
}
