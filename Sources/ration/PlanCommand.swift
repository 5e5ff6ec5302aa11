import ArgumentParser
import Codecs
import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Workflows

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Choose a type for each tensor within a budget.",
    discussion: """
      Measures what each type would cost each tensor, chooses the types that are predicted to lose \
      least, proves the choice, and prints it as a recipe: one regex=type a line, as ik_llama.cpp's \
      --custom-q and llama.cpp's --tensor-type-file take them. Measurements are kept: a plan for \
      another target takes milliseconds.
      """)

  @Argument(help: "The GGUF model; of a split one the first shard.", completion: .file())
  var model: String

  @Option(help: "Bits per weight over all tensors.")
  var targetBpw: Double?

  @Option(help: "Size of the file, such as 23GiB.")
  var targetSize: ByteCount?

  @Option(
    help: "Importance matrix, with row sensitivities where it has them.", completion: .file())
  var statistics: String?

  @Option(help: TypeList.help("The only types to choose from."))
  var types: TypeList?

  @Option(help: ArgumentHelp("Give the matching tensors this type.", valueName: "regex=type"))
  var pin: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give the matching tensors at least the bits per weight of this type.",
      valueName: "regex=type"))
  var floor: [String] = []

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

  @Option(name: .shortAndLong, help: "Where to write the recipe, instead of standard output.")
  var output: String?

  @Flag(help: "Print the plan as JSON.")
  var json = false

  @Flag(help: "Overwrite an existing recipe.")
  var force = false

  @Flag(help: "Plan for a model that is quantized already.")
  var allowRequantize = false

  @OptionGroup var cache: CacheOptions
  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard (targetBpw == nil) != (targetSize == nil) else {
      throw ValidationError("Give one of --target-bpw and --target-size.")
    }
    if let targetBpw, !(targetBpw > 0 && targetBpw.isFinite) {
      throw ValidationError("--target-bpw must be positive, not \(targetBpw)")
    }
  }

  func run() throws {
    let request = PlanRequest(
      model: model, statistics: statistics, target: target, constraints: try constraints(),
      sampling: sample ?? .automatic, weighting: weighting, cache: cache.path,
      allowRequantize: allowRequantize,
      version: Ration.version)
    if let output, !force { try RecipeFile.checkAbsent(output) }
    let planned = try PlanWorkflow.run(request, options.session)
    if let output {
      try RecipeFile.write(
        planned.recipe, to: output, overwrite: force, inputs: [model, statistics].compactMap { $0 })
    }
    if json {
      try Output.standard.writeAll(try planned.report.json())
    } else if output != nil {
      if !options.quiet { try Output.standard.writeAll(planned.report.text) }
    } else {
      if !options.quiet { Output.error.write(planned.report.text) }
      try Output.standard.writeAll(planned.recipe.text)
    }
  }

  private var target: PlanRequest.Target {
    targetBpw.map { .bitsPerWeight($0) } ?? .fileBytes(targetSize?.bytes ?? 0)
  }

  private func constraints() throws -> Constraints {
    Constraints(
      pins: try rules(pin, option: "--pin"), floors: try rules(floor, option: "--floor"),
      types: types?.types, runtime: runtime)
  }

  private func rules(_ texts: [String], option: String) throws -> [TypeRule] {
    try texts.map { text in
      do {
        return try TypeRule(text)
      } catch {
        throw ValidationError("\(option): \(error)")
      }
    }
  }
}
