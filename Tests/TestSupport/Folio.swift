import Foundation

/// The small model that the repository carries, with its calibration files.
package enum Folio {
  /// A llama of 4 million parameters in `bf16`.
  package static let model = path("folio-4m-BF16.gguf")
  /// Its legacy imatrix, from ik_llama.cpp.
  package static let imatrix = path("folio.imatrix.dat")
  /// Its importance and row sensitivities.
  package static let statistics = path("folio.statistics.gguf")

  /// Text that the model wrote, of which the statistics are.
  package static let calibrationText = path("folio-calibration.txt")

  /// Other text that the model wrote.
  package static let evaluationText = path("folio-evaluation.txt")

  private static func path(_ name: String) -> String {
    Repository.file("calibration/\(name)").path
  }
}
