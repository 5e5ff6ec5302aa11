/// Where to take from how much an error of each tensor matters to the model.
package enum SensitivitySource: Sendable, Equatable {
  /// Row sensitivities where the statistics have them, else the prior.
  case automatic
  /// The row sensitivities of the statistics.
  case measured
  /// KLDs of single tensors, in a file of the GGUF Tool Suite.
  case table(path: String)
  /// What tensors of such names and shapes were found to lose in other models.
  case prior
  /// Nowhere: errors count as they are.
  case none

  /// The file; nil where none is read.
  var tablePath: String? {
    if case .table(let path) = self { path } else { nil }
  }
}
