import ArgumentParser
import Codecs
import GGUF

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@main
struct Ration: ParsableCommand {
  static let version = "0.2.0"

  static let configuration = CommandConfiguration(
    commandName: "ration",
    abstract: "Spends a model's bit budget where it matters.",
    discussion: """
      Plans which tensor of a GGUF model gets which type, proves that no other choice within the \
      budget is predicted to lose less, and writes the quantized model.

      To see it at work on a small model:
        ration demo

      With a model of your own:
        ration calibrate model.gguf -o stats.gguf
        ration plan model.gguf --statistics stats.gguf --target-bpw 4 -o my.recipe
        ration apply my.recipe model.gguf small.gguf --statistics stats.gguf
        ration evaluate model.gguf small.gguf

      Exit codes:
      \(ErrorKind.exitCodes)
      """,
    version: version,
    subcommands: [
      CalibrateCommand.self, PlanCommand.self, ApplyCommand.self, InspectCommand.self,
      VerifyCommand.self, ShowCommand.self, EvaluateCommand.self,
      CardCommand.self, FrontierCommand.self, RecipeCommand.self, MeasureCommand.self,
      CacheCommand.self, DemoCommand.self,
    ])

  static func main() {
    Signals.prepare()
    StandardStreams.fillGaps()
    do {
      if let level = Kernels.unavailableLevel {
        throw ValidationError(
          "\(Kernels.variable)=\(level): this machine has \(Kernels.levels.joined(separator: ", "))"
        )
      }
      var command = try parseAsRoot()
      if let command = command as? any TensorwiseCommand, command.runsNoNetwork {
        FreedMemory.returnAtOnce()
      }
      if let command = command as? any ResumableCommand { Signals.farewell = command.farewell }
      try command.run()
    } catch {
      Failure.exit(with: error)
    }
  }
}
