import GGUF
import Measurement
import Planning
import Statistics

/// A model that is to be planned, and what is to be measured of it.
struct PlanSubject {
  let source: SourceModel
  let basis: LossBasis
  /// What plans have to respect, what drafts included.
  let constraints: Constraints
  let candidates: PlanCandidates
  /// The mix to start from.
  let skeleton: Mix?
  /// Mixes to compare with; none where the model's shape is not known.
  let references: [Mix]
  /// The second moments that errors will be compensated with.
  let moments: InputMoments?
  /// The types to try on each tensor that may be quantized.
  let requests: [MeasurementRequest]
  let measurement: ModelMeasurement

  /// Opens a model.
  ///
  /// - Parameters:
  ///   - countsPadding: whether the bytes of a tensor include the padding that follows it.
  ///   - cache: what remembers measurements.
  init(
    _ inputs: PlanInputs, countsPadding: Bool, cache: MeasurementCache, _ session: Session
  ) throws {
    source = try SourceModel(
      path: inputs.model, statistics: inputs.statistics,
      allowRequantize: inputs.allowRequantize, session)
    source.noteUndecodable(session)
    basis = try source.lossBasis(from: inputs.sensitivity)
    if inputs.sensitivity == .automatic {
      try source.checkSensitivity(
        session,
        otherwise: source.isMostlySensitive
          ? "the prior stands in for it" : "the prior stands in for that of all tensors")
    }
    let hasImatrix = source.statistics != nil
    if let skeleton = inputs.skeleton { try session.tell(skeleton.remarks, of: skeleton.name) }
    skeleton = try inputs.skeleton?.mix(for: source.file.outline(), imatrix: hasImatrix)
    references =
      (try? source.file.outline()).map { outline in
        inputs.references.map { $0.mix(for: outline, imatrix: hasImatrix) }
      } ?? []
    var constraints = inputs.constraints
    constraints.draftFloor = inputs.draftFloor.flatMap { [source] in source.draftFloor($0) }
    self.constraints = constraints
    candidates = PlanCandidates(
      source: source, constraints: constraints, skeleton: skeleton,
      unit: basis.measuredUnit, countsPadding: countsPadding)
    requests = try candidates.requests(session)
    moments = try source.moments(inputs.moments, basis: basis, session)
    measurement = ModelMeasurement(
      source: source, cache: cache, sampling: inputs.sampling, basis: basis,
      weighting: inputs.weighting, moments: moments, session: session)
    try source.checkKeptTensors(session)
  }
}

extension SourceModel {
  /// The floor of tensors that draft; nil where the file has none of them, whatever its metadata count.
  fileprivate func draftFloor(_ type: TensorType) -> TypeRule? {
    DraftLayers(of: file.metadata).floor(type).flatMap { floor in
      file.tensors.contains { floor.pattern.matches($0.name) } ? floor : nil
    }
  }

  /// The second moments that a plan counts on. Losses that were measured elsewhere are those without compensation, so
  /// they are left as they are, and a warning says so.
  fileprivate func moments(
    _ path: String?, basis: LossBasis, _ session: Session
  ) throws -> InputMoments? {
    let moments = try path.map {
      try InputMoments(path: $0, of: self, unit: basis.measuredUnit, session)
    }
    guard case .reference = basis, moments != nil else { return moments }
    try session.warn("the losses rest on files that were not compensated, so they are too high")
    return moments
  }
}
