import GGUF
import Measurement
import Planning
import Statistics

/// A model with what types would cost each of its tensors: what plans are made from.
struct MeasuredModel {
  let source: SourceModel
  let basis: LossBasis
  /// What plans have to respect, what drafts included.
  let constraints: Constraints
  /// The tensors of the model, each with the types that a plan may choose.
  let tensors: [MeasuredTensor]
  /// What types cost each tensor, by name.
  private let measured: [String: MeasuredTypes]
  private let candidates: PlanCandidates
  /// The mix to start from.
  let skeleton: Mix?
  /// The second moments that errors will be compensated with.
  let moments: InputMoments?
  /// Mixes to compare with; none where the model's shape is not known.
  let references: [Mix]

  /// Opens a model and measures what the cache does not know.
  ///
  /// - Parameter countsPadding: whether the bytes of a tensor include the padding that follows it.
  static func measuring(
    _ inputs: PlanInputs, countsPadding: Bool, _ session: Session
  ) throws -> MeasuredModel {
    let source = try SourceModel(
      path: inputs.model, statistics: inputs.statistics,
      allowRequantize: inputs.allowRequantize, session)
    source.noteUndecodable(session)
    let basis = try source.lossBasis(from: inputs.sensitivity)
    if inputs.sensitivity == .automatic {
      try source.checkSensitivity(
        session,
        otherwise: source.isMostlySensitive
          ? "the prior stands in for it" : "the prior stands in for that of all tensors")
    }
    let hasImatrix = source.statistics != nil
    if let skeleton = inputs.skeleton { try session.tell(skeleton.remarks, of: skeleton.name) }
    let skeleton = try inputs.skeleton?.mix(for: source.file.outline(), imatrix: hasImatrix)
    let references =
      (try? source.file.outline()).map { outline in
        inputs.references.map { $0.mix(for: outline, imatrix: hasImatrix) }
      } ?? []
    var constraints = inputs.constraints
    constraints.draftFloor = inputs.draftFloor.flatMap { source.draftFloor($0) }
    let candidates = PlanCandidates(
      source: source, constraints: constraints, skeleton: skeleton,
      unit: basis.measuredUnit, countsPadding: countsPadding)
    let requests = try candidates.requests(session)
    let moments = try source.moments(inputs.moments, basis: basis, session)
    let measurement = ModelMeasurement(
      source: source, cache: try session.openCache(inputs.cache),
      sampling: inputs.sampling, basis: basis, weighting: inputs.weighting, moments: moments,
      session: session)
    try source.checkKeptTensors(session)
    let types = Dictionary(
      uniqueKeysWithValues: zip(requests.map(\.tensor.name), try measurement.types(of: requests)))
    return MeasuredModel(
      source: source, basis: basis, constraints: constraints,
      tensors: try candidates.tensors(measured: types), measured: types, candidates: candidates,
      skeleton: skeleton, moments: moments, references: references)
  }

  /// The tensors with losses that grow at another rate than predictions allow for.
  func tensors(growing growth: LossGrowth) -> [MeasuredTensor] {
    candidates.tensors(of: measured.mapValues { $0.mapDistortions { $0.growing(at: growth) } })
  }

  /// What types do to tensors, by their names, where that was measured.
  func distortions(of types: [(name: String, type: TensorType)]) -> [String: Distortion] {
    Dictionary(
      types.compactMap { name, type in
        measured[name]?.distortions[type].map { (name, $0) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// What losses are counted in.
  var unit: LossUnit { basis.unit }

  /// What predictions rest on, in words.
  var basisInWords: String { source.inWords(basis) }
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
