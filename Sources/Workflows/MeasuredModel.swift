import GGUF
import Measurement
import Planning

/// A model with what types would cost each of its tensors: what plans are made from.
struct MeasuredModel {
  let source: SourceModel
  let unit: LossUnit
  let tensors: [MeasuredTensor]
  /// What predictions rest on, in words.
  let knowledge: String

  /// Opens the model and measures what the cache does not know.
  ///
  /// - Parameter countsPadding: whether the bytes of a tensor include the padding that follows it.
  init(_ inputs: PlanInputs, countsPadding: Bool, _ session: Session) throws {
    source = try SourceModel(
      path: inputs.model, statistics: inputs.statistics,
      allowRequantize: inputs.allowRequantize, session)
    unit = try source.lossUnit()
    try source.checkSensitivity(session)
    knowledge = source.knowledge(for: unit)
    let measurement = ModelMeasurement(
      source: source, cache: try source.openCache(inputs.cache, session),
      sampling: inputs.sampling, unit: unit, weighting: inputs.weighting, session: session)
    tensors = try PlanCandidates(
      measurement: measurement, constraints: inputs.constraints, countsPadding: countsPadding
    ).measured()
  }
}

extension SourceModel {
  /// What predictions in a unit rest on, in words.
  fileprivate func knowledge(for unit: LossUnit) -> String {
    switch unit {
    case .nats: "measured row sensitivities"
    case .weightedSquaredError: statistics == nil ? "the weights alone" : "importance alone"
    }
  }
}
