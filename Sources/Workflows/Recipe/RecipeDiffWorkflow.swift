package import Codecs
package import GGUF
package import Measurement
package import Planning
package import Reports
import Statistics

/// What `ration recipe diff --model` is asked for.
package struct RecipeDiffRequest: CommandRequest {
  package var a: Recipe
  package var b: Recipe
  /// Where both were read from.
  package var recipePaths: [String]
  package var model: String
  package var statistics: String?
  package var sensitivity: SensitivitySource
  package var sampling: Sampling
  package var weighting: Weighting
  /// The cache file; nil keeps measurements in memory.
  package var cache: String?
  package var allowRequantize: Bool
  /// The version of the program, for the size of the files.
  package var version: String

  package init(
    a: Recipe, b: Recipe, recipePaths: [String] = [], model: String, statistics: String?,
    sensitivity: SensitivitySource, sampling: Sampling, weighting: Weighting, cache: String?,
    allowRequantize: Bool, version: String
  ) {
    self.a = a
    self.b = b
    self.recipePaths = recipePaths
    self.model = model
    self.statistics = statistics
    self.sensitivity = sensitivity
    self.sampling = sampling
    self.weighting = weighting
    self.cache = cache
    self.allowRequantize = allowRequantize
    self.version = version
  }

  package var files: CommandFiles {
    CommandFiles(
      inputs: recipePaths + [model, statistics, sensitivity.tablePath].compactMap { $0 },
      kept: [cache].compactMap { $0 }.map(CommandFiles.Kept.cache))
  }
}

/// Compares what two recipes make of a model: types, bytes, and losses measured as for a plan.
package enum RecipeDiffWorkflow: Workflow {
  package static func run(
    _ request: RecipeDiffRequest, to outputs: [Reservation], _ session: Session
  ) throws -> RecipeDiffReport {
    let source = try SourceModel(
      path: request.model, statistics: request.statistics,
      allowRequantize: request.allowRequantize, session)
    let a = try request.a.outcome(for: source.file.tensors)
    let b = try request.b.outcome(for: source.file.tensors)
    let files = (
      a: try file(of: a, source, version: request.version),
      b: try file(of: b, source, version: request.version)
    )
    let basis = try source.lossBasis(from: request.sensitivity)
    let measurement = ModelMeasurement(
      source: source, cache: try session.openCache(request.cache),
      sampling: request.sampling, basis: basis, weighting: request.weighting,
      session: session)
    // What keeps its type on both sides loses nothing, and nothing need be known of it.
    let requests = try zip(a.entries, b.entries).compactMap { a, b -> MeasurementRequest? in
      let codecs = try codecs(for: a.tensor, [a.type, b.type], source, basis.measuredUnit)
      return codecs.isEmpty ? nil : MeasurementRequest(tensor: a.tensor, codecs: codecs)
    }
    let types = Dictionary(
      uniqueKeysWithValues: zip(
        requests.map(\.tensor.name), try measurement.types(of: requests)))
    let descriptors = zip(files.a.descriptors, files.b.descriptors)
    let tensors = try zip(source.file.tensors, descriptors).map { tensor, sides in
      let known = types[tensor.name]
      return RecipeDiffReport.Tensor(
        name: tensor.name, a: try side(sides.0, from: tensor.type, known),
        b: try side(sides.1, from: tensor.type, known))
    }
    return RecipeDiffReport(
      tensors: tensors, fileBytes: (files.a.fileBytes, files.b.fileBytes),
      bitsPerWeight: (files.a.bitsPerWeight, files.b.bitsPerWeight), unit: basis.unit)
  }

  /// The file that `apply` would make of the model. What the recipe promised is not looked at: the losses
  /// are measured.
  private static func file(
    of outcome: RecipeOutcome, _ source: SourceModel, version: String
  ) throws -> OutputPlan {
    try outcome.checkFits()
    return try source.output(
      of: outcome, promise: outcome.recipe.provenance.promise, version: version,
      path: source.file.path)
  }

  /// The codecs of those types that would change a tensor.
  private static func codecs(
    for tensor: TensorDescriptor, _ types: Set<TensorType>, _ source: SourceModel,
    _ unit: LossUnit
  ) throws -> [Codec] {
    try types.filter { $0 != tensor.type }.sorted { $0.id < $1.id }.map {
      try source.codec(writing: tensor, as: $0, unit: unit)
    }
  }

  /// A tensor as one recipe has it; to stay as it is loses nothing.
  ///
  /// - Parameters:
  ///   - source: the type of the tensor in the model.
  ///   - known: what was measured of the tensor. A loss that it lacks is more than a number can say.
  private static func side(
    _ tensor: TensorDescriptor, from source: TensorType, _ known: MeasuredTypes?
  ) throws(UnrepresentableWeight) -> RecipeDiffReport.Side {
    if let weight = known?.unable[tensor.type] { throw weight }
    let distortion = known?.distortions[tensor.type]
    let unknown = tensor.type == source ? 0 : Double.infinity
    return RecipeDiffReport.Side(
      type: tensor.type, bytes: tensor.byteCount, loss: distortion?.loss ?? unknown,
      variance: distortion?.lossVariance ?? unknown)
  }
}
