import ArgumentParser
import Codecs
import Foundation
import GGUF
import Measurement
import Planning
import Workflows

/// The options of all commands that plan.
struct PlanInputOptions: ParsableArguments {
  @Option(
    help: "Importance matrix, with row sensitivities where it has them.", completion: .file())
  var statistics: String?

  @Option(help: SensitivitySource.help)
  var sensitivity: SensitivitySource = .automatic

  @Option(help: TypeList.help("The only types to choose from."))
  var types: TypeList?

  @Option(help: ArgumentHelp("Give the matching tensors this type.", valueName: "regex=type"))
  var pin: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give the matching tensors at least the bits per weight of this type.",
      valueName: "regex=type"))
  var floor: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give the matching tensors at most the bits per weight of this type.",
      valueName: "regex=type"))
  var ceiling: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give these tensors one type.",
      discussion: """
        gate-up and qkv are what ik_llama.cpp fuses, block by block; block:regex ties the matching \
        tensors of each block, regex all that match.
        """,
      valueName: "gate-up|qkv|regex"))
  var tie: [String] = []

  @Option(help: "The program that is to run the model.")
  var runtime: Runtime = .ik

  @Option(
    help: ArgumentHelp(
      "Share of the rows to measure, or full.",
      discussion: "By default a sixteenth, but at least 256 rows and a million weights a tensor.",
      valueName: "fraction|full"))
  var sample: Sampling?

  @Option(help: Weighting.help)
  var weighting: Weighting = .importance

  @Flag(help: "Plan for a model that is quantized already.")
  var allowRequantize = false

  @OptionGroup var cache: CacheOptions

  /// What they ask for, about a model.
  func inputs(model: String, skeleton: NamedSkeleton? = nil) throws -> PlanInputs {
    PlanInputs(
      model: model, statistics: statistics, sensitivity: sensitivity,
      constraints: try constraints(),
      skeleton: skeleton, references: try SkeletonFile.stock(), sampling: sample ?? .automatic,
      weighting: weighting, cache: cache.path,
      allowRequantize: allowRequantize)
  }

  private func constraints() throws -> Constraints {
    Constraints(
      pins: try rules(pin, option: "--pin"), floors: try rules(floor, option: "--floor"),
      ceilings: try rules(ceiling, option: "--ceiling"),
      ties: try Self.read(tie, option: "--tie") { try Tie($0) }, types: types?.types,
      runtime: runtime)
  }

  private func rules(_ texts: [String], option: String) throws -> [TypeRule] {
    try Self.read(texts, option: option) { try TypeRule($0) }
  }

  /// Reads the values of an option. Throws `ValidationError`, which names it.
  static func read<Value>(
    _ texts: [String], option: String, _ read: (String) throws -> Value
  ) throws -> [Value] {
    try texts.map { text in
      do {
        return try read(text)
      } catch {
        throw ValidationError("\(option): \(error)")
      }
    }
  }
}
