import ArgumentParser
import Codecs

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@main
struct Ration: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "ration",
    abstract: "Spends a model's bit budget where it matters.",
    discussion: """
      Plans which tensor of a GGUF model gets which type, proves that no other choice within the \
      budget is predicted to lose less, and writes the quantized model.

      Exit codes: 0 done, 2 usage, 3 bad input file, 4 infeasible target or constraint, 5 input or \
      output failed, 6 conflict with an existing file, 7 NaN or infinity in weights, 8 verification \
      failed, 130 or 143 interrupted.
      """,
    version: version,
    subcommands: [
      CalibrateCommand.self, PlanCommand.self, ApplyCommand.self, InspectCommand.self,
      EvaluateCommand.self,
      FrontierCommand.self, RecipeCommand.self, DemoCommand.self,
    ])

  static func main() {
    Signals.prepare()
    do {
      if let level = Kernels.unavailableLevel {
        throw ValidationError(
          "\(Kernels.variable)=\(level): this machine has \(Kernels.levels.joined(separator: ", "))"
        )
      }
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Failure.exit(with: error)
    }
  }
}
