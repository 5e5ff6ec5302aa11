package import Codecs
package import GGUF
package import Measurement
package import Planning

/// The model that is to be planned, and what its plan has to respect, whatever the budget.
package struct PlanInputs: Sendable {
  package var model: String
  package var statistics: String?
  /// The second moments that errors will be compensated with; nil for files whose rows are encoded each by itself.
  package var moments: String?
  package var sensitivity: SensitivitySource
  package var constraints: Constraints
  /// The least type of tensors that draft; nil for none.
  package var draftFloor: TensorType?
  /// The mix to start from.
  package var skeleton: NamedSkeleton?
  /// Mixes to compare with.
  package var references: [NamedSkeleton]
  package var sampling: Sampling
  /// What encoders minimise.
  package var weighting: Weighting
  /// The cache file; nil keeps measurements in memory.
  package var cache: String?
  package var allowRequantize: Bool

  package init(
    model: String, statistics: String?, moments: String? = nil,
    sensitivity: SensitivitySource = .automatic,
    constraints: Constraints = Constraints(),
    draftFloor: TensorType? = DraftLayers.usualFloor,
    skeleton: NamedSkeleton? = nil, references: [NamedSkeleton] = [], sampling: Sampling,
    weighting: Weighting = .importance, cache: String?, allowRequantize: Bool
  ) {
    self.model = model
    self.statistics = statistics
    self.moments = moments
    self.sensitivity = sensitivity
    self.constraints = constraints
    self.draftFloor = draftFloor
    self.skeleton = skeleton
    self.references = references
    self.sampling = sampling
    self.weighting = weighting
    self.cache = cache
    self.allowRequantize = allowRequantize
  }

  /// The files of a command that plans.
  ///
  /// - Parameters:
  ///   - text: others that it reads.
  ///   - output: what it writes; nil for nothing.
  ///   - page: the page that it writes behind that; nil for none.
  func files(
    reading text: [String] = [], writing output: String?, overwrite: Bool, page: PageRequest? = nil
  ) -> CommandFiles {
    let skeletons = references + [skeleton].compactMap { $0 }
    return CommandFiles(
      inputs: [model, statistics, moments, sensitivity.tablePath].compactMap { $0 }
        + skeletons.compactMap(\.path) + text,
      outputs: [output].compactMap { $0 }.map { CommandFiles.Output([$0], overwrite: overwrite) }
        + [page?.output].compactMap { $0 },
      kept: [cache].compactMap { $0 }.map(CommandFiles.Kept.cache))
  }
}
