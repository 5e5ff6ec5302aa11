import ArgumentParser
import GGUF
import Statistics
import Workflows

/// How much the weights of a tensor matter.
struct StatisticsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Importance matrix of the model, with row sensitivities where it has them.",
      discussion: """
        ration calibrate writes one; those of llama.cpp and ik_llama.cpp are read too, and \
        sensitivity cards of PrismaQuant. Without one \
        all weights of a tensor count alike, and types that need importance are left out.
        """,
      valueName: "file"),
    completion: .statistics, transform: FilePaths.named)
  var statistics: String?
}

/// The source of how much errors in each tensor matter.
struct SensitivityOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How much errors matter in one tensor and in another: measured, prior, none, or a file.",
      discussion: """
        measured uses the row sensitivities of the statistics; it is the default where they are \
        there. prior uses what tensors of such names and sizes lost in other models; it is the \
        default elsewhere. none counts errors alike in all tensors. A file is a kld_results.csv of \
        the GGUF Tool Suite, or a sensitivity card of PrismaQuant, which takes the place of \
        --statistics too. The prior and these files rest on measurements by Thireus, the GGUF \
        Tool Suite and its contributors.
        """,
      valueName: "source|file"),
    completion: .nameOrFile { ["measured", "prior", "none"] })
  var sensitivity: SensitivitySource = .automatic
}

extension SensitivityOptions {
  /// The statistics and the source of sensitivity. A sensitivity card is both.
  ///
  /// - Parameter statistics: those of `--statistics`.
  func resolved(
    with statistics: String?
  ) throws -> (statistics: String?, sensitivity: SensitivitySource) {
    // A file that cannot be read is reported where it is needed.
    guard case .table(let path) = sensitivity, (try? StatisticsFile.isCard(path: path)) == true
    else { return (statistics, sensitivity) }
    guard statistics == nil else {
      throw ValidationError(
        "\(path.escaped) is a sensitivity card, which has importance too. Leave --statistics out.")
    }
    return (path, .automatic)
  }
}
