import ArgumentParser
import Statistics
import NeuralNetwork
import GGUF
import Planning
import Workflows

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `exit`, by a name that `Failure.exit` does not hide.
private func terminate(_ code: Int32) -> Never { exit(code) }

/// How a command ends that could not do what it was asked for.
enum Failure {
  /// Prints one sentence, or the help that was asked for, and ends the program with the code that the
  /// error has.
  static func exit(with error: any Error) -> Never {
    let code = code(of: error)
    if code == 0 {
      do {
        try Output.standard.writeAll(Ration.fullMessage(for: error) + "\n")
      } catch {
        exit(with: error)
      }
    } else if isUsage(error) {
      Output.error.write(Ration.fullMessage(for: error) + "\n")
    } else {
      Output.error.write("ration: \(sentence(error))\n")
    }
    terminate(code)
  }

  /// The exit code, as `ration --help` lists them.
  static func code(of error: any Error) -> Int32 {
    switch error {
    case is StrictError, is NoTensorMatches, is UnknownSkeleton: 2
    case is FormatError, is StatisticsError, is RecipeFileError, is UnknownWeighting,
      is QuantizedSource,
      is UnreadableType, is ModelMismatch, is UnknownMemory, is UnknownShape, is UnusableTable,
      is MissingSensitivity, is TokenizerError, is TextTooShort, is VocabularyMismatch:
      3
    case let error as NetworkError: error.problem.isNotFinite ? 7 : 3
    case is InfeasibleTarget, is ImportanceRequired, is PlanError, is ConstraintError,
      is ShapeMismatch, is UnwritableType, is RecipeFormatError, is UnusableRecipe:
      4
    case is FileError, is OutputError, is MissingFolder: 5
    case is ConflictError: 6
    case is NonFiniteWeight, is UnrepresentableWeight, is NonFiniteLogits: 7
    case is VerificationError: 8
    case let interrupted as Interrupted: 128 + interrupted.signal
    default: isUsage(error) ? (Ration.exitCode(for: error).rawValue == 0 ? 0 : 2) : 5
    }
  }

  /// Whether the argument parser made the error, so also words it.
  private static func isUsage(_ error: any Error) -> Bool {
    error is ValidationError || error is CleanExit
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }

  private static func sentence(_ error: any Error) -> String {
    if error is Interrupted {
      return "interrupted: files are written whole or not at all, and what was measured is kept"
    }
    return "\(error)"
  }
}
