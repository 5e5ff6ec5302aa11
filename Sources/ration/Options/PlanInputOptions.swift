import ArgumentParser
import Measurement
import Workflows

/// The options of all commands that plan.
struct PlanInputOptions: ParsableArguments {
  @OptionGroup(title: "Choice") var choice: ChoiceOptions
  @OptionGroup(title: "Loss") var loss: StatisticsOptions
  @OptionGroup(title: "Loss") var compensation: CompensationOptions
  @OptionGroup(title: "Loss") var source: SensitivityOptions
  @OptionGroup(title: "Measurement") var measurement: MeasurementOptions

  /// The inputs of a plan for a model.
  func inputs(model: String, skeleton: NamedSkeleton? = nil) throws -> PlanInputs {
    let (statistics, sensitivity) = try source.resolved(with: loss.statistics)
    return PlanInputs(
      model: model, statistics: statistics, moments: compensation.compensate,
      sensitivity: sensitivity,
      constraints: try choice.constraints(), draftFloor: choice.draftFloor.type,
      skeleton: skeleton, references: try SkeletonFile.stock(),
      sampling: measurement.sample ?? .automatic,
      weighting: measurement.weighting, cache: measurement.cachePath,
      allowRequantize: measurement.allowRequantize)
  }
}
