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
    let subject = try PlanSubject(
      inputs, countsPadding: countsPadding, cache: try session.openCache(inputs.cache), session)
    let types = Dictionary(
      uniqueKeysWithValues: zip(
        subject.requests.map(\.tensor.name),
        try subject.measurement.types(of: subject.requests)))
    return MeasuredModel(
      source: subject.source, basis: subject.basis, constraints: subject.constraints,
      tensors: try subject.candidates.tensors(measured: types), measured: types,
      candidates: subject.candidates, skeleton: subject.skeleton, moments: subject.moments,
      references: subject.references)
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
