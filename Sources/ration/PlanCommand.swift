import ArgumentParser
import GGUF
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

  @OptionGroup(title: "Budget") var budget: BudgetOptions
  @OptionGroup(title: "Choice") var choice: PlanInputOptions

  @Option(name: .shortAndLong, help: "Where to write the recipe, instead of standard output.")
  var output: String?

  @Flag(help: "Print the plan as JSON.")
  var json = false

  @Flag(help: "Overwrite an existing recipe.")
  var force = false

  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard try budget.target() != nil else {
      throw ValidationError("Give one of --target-bpw, --target-size, --fit, and --gpu with --cpu.")
    }
  }

  func run() throws {
    guard let target = try budget.target() else { preconditionFailure("validated") }
    let request = PlanRequest(
      inputs: try choice.inputs(model: model), target: target, version: Ration.version)
    if let output, !force { try TextFile.checkAbsent(output) }
    let planned = try PlanWorkflow.run(request, options.session)
    if let output {
      try TextFile.write(
        planned.recipe.text, to: output, overwrite: force,
        inputs: [model, choice.statistics].compactMap { $0 })
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
}
