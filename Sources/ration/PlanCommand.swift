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

  @Option(
    help: ArgumentHelp(
      "The mix to start from: the name of a stock mix, or a file.",
      discussion: "Without a budget, the plan takes no more bytes than it.", valueName: "name|file")
  )
  var skeleton: String?

  @Option(
    help: ArgumentHelp(
      "How many steps up or down its ladder of types a tensor may go from the skeleton.",
      valueName: "steps"))
  var maxMoves: Int?

  @Flag(
    name: .customLong("validate"),
    help: "Evaluate the plan before anything is written: what it really loses over a text.")
  var isValidated = false

  @OptionGroup(title: "Validation") var text: EvaluationTextOptions

  @Option(name: .shortAndLong, help: "Where to write the recipe, instead of standard output.")
  var output: String?

  @Flag(help: "Print the plan as JSON.")
  var json = false

  @Flag(help: "Overwrite an existing recipe.")
  var force = false

  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard try budget.target() != nil || skeleton != nil else {
      throw ValidationError(
        "Give one of --target-bpw, --target-size, --fit, --gpu with --cpu, and --skeleton.")
    }
    if text.isUsed, !isValidated {
      throw ValidationError("--text and --chunks need --validate.")
    }
    if let maxMoves {
      guard skeleton != nil else { throw ValidationError("--max-moves needs --skeleton.") }
      guard maxMoves >= 0 else {
        throw ValidationError("--max-moves must not be negative, as \(maxMoves) is")
      }
    }
  }

  func run() throws {
    let request = PlanRequest(
      inputs: try choice.inputs(
        model: model, skeleton: try skeleton.map { try SkeletonFile.read($0) }),
      target: try budget.target() ?? .skeleton, maxMoves: maxMoves,
      validation: isValidated ? try text.text(for: model) : nil, version: Ration.version)
    let inputs = [model, choice.statistics].compactMap { $0 }
    if let output { try WholeFile.checkWritable(output, inputs: inputs, overwrite: force) }
    let planned = try PlanWorkflow.run(request, options.session)
    if let output {
      try WholeFile.write(
        Array(planned.recipe.text.utf8), to: output, inputs: inputs, overwrite: force)
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
