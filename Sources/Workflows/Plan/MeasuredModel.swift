import Statistics
import GGUF
import Measurement
import Planning

/// A model with what types would cost each of its tensors: what plans are made from.
struct MeasuredModel {
  let source: SourceModel
  let knowledge: Knowledge
  let tensors: [MeasuredTensor]
  /// The mix to start from.
  let skeleton: Mix?
  /// Mixes to compare with; none where the model's shape is not told.
  let references: [Mix]

  /// Opens the model and measures what the cache does not know.
  ///
  /// - Parameter countsPadding: whether the bytes of a tensor include the padding that follows it.
  init(_ inputs: PlanInputs, countsPadding: Bool, _ session: Session) throws {
    source = try SourceModel(
      path: inputs.model, statistics: inputs.statistics,
      allowRequantize: inputs.allowRequantize, session)
    knowledge = try source.knowledge(from: inputs.sensitivity)
    if inputs.sensitivity == .automatic {
      try source.checkSensitivity(session, otherwise: "the prior stands in for that of all tensors")
    }
    let hasImatrix = source.statistics != nil
    skeleton = try inputs.skeleton?.mix(for: source.file.outline(), imatrix: hasImatrix)
    references =
      (try? source.file.outline()).map { outline in
        inputs.references.map { $0.mix(for: outline, imatrix: hasImatrix) }
      } ?? []
    let measurement = ModelMeasurement(
      source: source, cache: try source.openCache(inputs.cache, session),
      sampling: inputs.sampling, knowledge: knowledge, weighting: inputs.weighting,
      session: session)
    tensors = try PlanCandidates(
      measurement: measurement, constraints: inputs.constraints, skeleton: skeleton,
      countsPadding: countsPadding
    ).measured()
  }

  /// What losses are counted in.
  var unit: LossUnit { knowledge.unit }

  /// What predictions rest on, in words.
  var knowledgeInWords: String {
    switch knowledge {
    case .sensitivity: "measured row sensitivities"
    case .reference(_, "prior", _):
      "what such tensors lost in other models (GGUF Tool Suite)"
    case .reference(_, let name, _): "the KLDs in \(name.escaped) (GGUF Tool Suite)"
    case .errors: source.statistics == nil ? "the weights alone" : "importance alone"
    }
  }
}
