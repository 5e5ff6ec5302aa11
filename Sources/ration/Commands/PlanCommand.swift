import ArgumentParser
import Planning
import Reports
import Workflows

struct PlanCommand: TensorwiseCommand, ResumableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Choose a type for each tensor within a budget.",
    discussion: """
      Measures what each type would cost each tensor, chooses the types that are predicted to lose \
      least, proves the choice, and prints it as a recipe: one regex=type a line, as ik_llama.cpp's \
      --custom-q and llama.cpp's --tensor-type-file take them. Measurements are kept: a plan for \
      another target takes milliseconds.

      The budget is --target-bpw, --target-size, --fit, or --gpu with --cpu. A --skeleton or a --min-speed \
      alone sets it too.

      Examples:
        ration plan model.gguf --statistics stats.gguf --target-bpw 4 -o my.recipe
        ration plan model.gguf --statistics stats.gguf --fit 8GiB --context 8192
        ration plan model.gguf --skeleton IQ4_KSS --pin 'token_embd=q6_K'

      Next: ration apply writes the model, ration recipe show lists what a recipe does.
      """)

  @Argument(help: .model, completion: .model, transform: FilePaths.named)
  var model: String

  @OptionGroup(title: "Budget") var budget: BudgetOptions
  @OptionGroup(title: "Choice") var start: SkeletonOptions
  @OptionGroup var planning: PlanInputOptions
  @OptionGroup(title: "Validation") var validation: ValidationOptions
  @OptionGroup(title: "Validation") var text: EvaluationTextOptions
  @OptionGroup(title: "Output") var result: PlanOutputOptions
  @OptionGroup(title: "Output") var page: PageOptions
  @OptionGroup var options: SessionOptions

  func validate() throws {
    guard try budget.target() != nil || start.skeleton != nil else {
      throw ValidationError(
        "Give one of --target-bpw, --target-size, --fit, --gpu with --cpu, --min-speed, and --skeleton."
      )
    }
    if text.isUsed, !validation.isOn {
      throw ValidationError("--text, --chat and --chunks need --validate.")
    }
    if validation.isOn, planning.compensation.compensate != nil {
      throw ValidationError(
        "--validate does not go with --compensate: apply the plan, and evaluate the file.")
    }
  }

  var runsNoNetwork: Bool { !validation.isOn }

  func run() throws {
    let request = PlanRequest(
      inputs: try planning.inputs(
        model: model, skeleton: try start.skeleton.map { try SkeletonFile.read($0) }),
      target: try budget.target() ?? .skeleton, maxMoves: start.maxMoves,
      speed: budget.speed,
      validation: validation.isOn ? try text.text(for: model) : nil,
      trials: validation.plans ?? 1, version: Ration.version,
      output: result.file, overwrite: result.force, page: page.page(overwrite: result.force))
    let planned = try PlanWorkflow.run(request, options.session)
    if result.json {
      try Output.standard.writeAll(try planned.report.json())
    } else if result.file != nil {
      if !options.quiet { try Output.standard.writeAll(planned.report) }
    } else {
      if !options.quiet { try? Output.error.writeAll(planned.report) }
      try Output.standard.writeAll(planned.recipe.text)
    }
  }
}

/// Whether a plan is run before it is written.
struct ValidationOptions: ParsableArguments {
  @Option(
    name: .customLong("validate"), defaultAsFlag: 1, parsing: .next,
    help: ArgumentHelp(
      "Evaluate the plan before anything is written: what it really loses over a text.",
      discussion: """
        With a count, evaluates that many different plans, and takes the one that loses least. Runs the model \
        over the text, as it is and as planned, which may take longer than the plan. Only models of \
        architectures that ration calibrate knows can be run.
        """,
      valueName: "count"))
  var plans: Int?

  /// Whether to run any.
  var isOn: Bool { plans != nil }

  func validate() throws {
    if let plans, !(1...64 ~= plans) {
      throw ValidationError("--validate must be from 1 to 64 plans, not \(plans)")
    }
  }
}

/// Where a plan goes.
struct PlanOutputOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where to write the recipe, instead of standard output.",
      discussion: "The report goes to standard output then, else to standard error.",
      valueName: "file"),
    completion: .file(extensions: ["recipe"]), transform: FilePaths.named)
  var output: String?

  @Flag(
    help: ArgumentHelp(
      "Print the plan as JSON.", discussion: "The recipe is then only written with --output."))
  var json = false

  @Flag(help: "Overwrite an existing recipe or page.")
  var force = false

  /// The file to write; nil where the recipe goes to standard output, or nowhere.
  var file: String? { FilePaths.file(of: output) }

  func validate() throws {
    if json, output != nil, file == nil {
      throw ValidationError(
        "--json prints the plan to standard output, where --output would put the recipe too.")
    }
  }
}
