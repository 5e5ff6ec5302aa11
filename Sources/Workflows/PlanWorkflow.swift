import Codecs
import GGUF
package import Measurement
package import Planning
package import Reports

/// What `ration plan` is asked for.
package struct PlanRequest: Sendable {
  package var model: String
  package var statistics: String?
  package var target: Target
  package var constraints: Constraints
  package var sampling: Sampling
  /// The cache file; nil keeps measurements in memory.
  package var cache: String?
  package var allowRequantize: Bool
  /// Of the program, for provenance.
  package var version: String

  /// What limits the plan.
  package enum Target: Sendable, Equatable {
    /// Bits per weight over all tensors, their bytes alone counted, as llama.cpp prints it.
    case bitsPerWeight(Double)
    /// Bytes of the whole file.
    case fileBytes(Int)
  }

  package init(
    model: String, statistics: String?, target: Target, constraints: Constraints,
    sampling: Sampling, cache: String?, allowRequantize: Bool, version: String
  ) {
    self.model = model
    self.statistics = statistics
    self.target = target
    self.constraints = constraints
    self.sampling = sampling
    self.cache = cache
    self.allowRequantize = allowRequantize
    self.version = version
  }
}

/// A plan for a model: the recipe that says it, and the report that shows it.
package struct PlannedModel: Sendable {
  package let recipe: Recipe
  package let report: PlanReport
}

/// Plans: measures what types would cost each tensor, and chooses within a budget.
package enum PlanWorkflow {
  package static func run(_ request: PlanRequest, _ session: Session) throws -> PlannedModel {
    let source = try SourceModel(
      path: request.model, statistics: request.statistics,
      allowRequantize: request.allowRequantize, session)
    let unit = try source.lossUnit(session)
    let cache = try MeasurementCache(path: request.cache)
    for warning in cache.warnings { session.note(warning) }
    let measurement = ModelMeasurement(
      source: source, cache: cache, sampling: request.sampling, unit: unit, session: session)
    let tensors = try measuredTensors(measurement, request)

    let pending = PendingFile(source: source, unit: unit, version: request.version)
    let plan = try Plan.optimal(
      for: tensors, under: request.constraints, budget: budget(request.target, source.file),
      fixedBytes: request.target.countsFile ? try pending.headerBytes() : 0, unit: unit)
    for warning in plan.warnings { try session.warn("\(warning)") }
    return try finish(plan, pending, request)
  }

  // MARK: Measuring

  private static func measuredTensors(
    _ measurement: ModelMeasurement, _ request: PlanRequest
  ) throws -> [MeasuredTensor] {
    let source = measurement.source
    var requests: [(tensor: TensorDescriptor, codecs: [Codec])] = []
    for tensor in source.movable {
      requests.append((tensor, try candidates(tensor, request.constraints)))
    }
    let distortions = try measurement.distortions(of: requests)
    let measured = Dictionary(
      uniqueKeysWithValues: zip(requests.map(\.tensor.name), distortions))
    return try source.file.tensors.map { tensor in
      var candidates = try (measured[tensor.name] ?? [:]).map { type, distortion in
        Candidate(
          type: type, bytes: try bytes(tensor, type, request.target, source.file.alignment),
          loss: distortion.loss, variance: distortion.lossVariance)
      }
      let own = try bytes(tensor, tensor.type, request.target, source.file.alignment)
      // To stay as it is loses nothing.
      candidates.removeAll { $0.type == tensor.type }
      candidates.append(Candidate(type: tensor.type, bytes: own, loss: 0))
      return MeasuredTensor(
        name: tensor.name, shape: TensorShape(tensor.shape), type: tensor.type, bytes: own,
        candidates: candidates.sorted { $0.type.id < $1.type.id })
    }
  }

  /// The types worth measuring for a tensor: quantized ones that its constraints and shape allow, and
  /// others where they are asked for by name.
  private static func candidates(
    _ tensor: TensorDescriptor, _ constraints: Constraints
  ) throws -> [Codec] {
    let named = constraints.types ?? []
    let offered = Codec.all.map(\.type).filter { $0.isQuantized || named.contains($0) }
    let allowed = try constraints.allowedTypes(
      for: tensor.name, shape: TensorShape(tensor.shape), from: offered)
    return allowed.filter { $0 != tensor.type }.compactMap { Codec.of($0) }
  }

  /// The bytes of a tensor under a type that count against the target.
  private static func bytes(
    _ tensor: TensorDescriptor, _ type: TensorType, _ target: PlanRequest.Target, _ alignment: Int
  ) throws -> Int {
    guard let bytes = type.bytes(rows: tensor.rows, columns: tensor.columns) else {
      preconditionFailure("\(tensor.name): \(type) was not filtered out")
    }
    return target.countsFile ? (bytes + alignment - 1) / alignment * alignment : bytes
  }

  // MARK: Budget and result

  /// The bytes that may be spent; a model has fewer than 2⁵³.
  private static func budget(_ target: PlanRequest.Target, _ model: ModelFile) -> Int {
    switch target {
    case .fileBytes(let bytes): bytes
    case .bitsPerWeight(let bits): Int(min(bits * Double(model.elements) / 8, 0x1p53))
    }
  }

  private static func finish(
    _ plan: Plan, _ pending: PendingFile, _ request: PlanRequest
  ) throws -> PlannedModel {
    let layout = try pending.layout(types: plan.entries.map(\.type))
    let elements = pending.source.file.elements
    let report = PlanReport(
      plan: plan, fileBytes: layout.fileBytes, bitsPerWeight: layout.bitsPerWeight,
      elements: elements)
    return PlannedModel(
      recipe: try plan.recipe(provenance: provenance(report, request)), report: report)
  }

  /// Where the recipe comes from, for those who read it and for `apply`.
  private static func provenance(_ report: PlanReport, _ request: PlanRequest) -> Provenance {
    var provenance = Provenance()
    provenance["ration"] = request.version
    provenance["model"] = request.model.fileName
    provenance["statistics"] = request.statistics?.fileName
    switch request.target {
    case .bitsPerWeight(let bits): provenance["target-bpw"] = "\(bits)"
    case .fileBytes(let bytes): provenance["target-size"] = "\(bytes)"
    }
    provenance["runtime"] = request.constraints.runtime.rawValue
    provenance["bpw"] = "\(report.bitsPerWeight)"
    provenance["bytes"] = "\(report.fileBytes)"
    provenance[report.plan.unit.predictionName] = "\(report.plan.loss)"
    provenance["lower_bound"] = "\(report.plan.lowerBound)"
    provenance["optimal"] = "\(report.plan.isOptimal)"
    return provenance
  }
}

extension PlanRequest.Target {
  /// Whether the whole file counts, not its tensors alone.
  var countsFile: Bool { if case .fileBytes = self { true } else { false } }
}

/// The file that a plan will become.
private struct PendingFile {
  let source: SourceModel
  let unit: LossUnit
  let version: String

  /// Where its parts go, given the type of each tensor.
  func layout(types: [TensorType]) throws -> FileLayout {
    let tensors = zip(source.file.tensors, types).map { (name: $0.name, shape: $0.shape, type: $1) }
    let output = OutputMetadata(
      version: version,
      prediction: OutputMetadata.Prediction(name: unit.predictionName, value: 0),
      statistics: source.statistics)
    let metadata = output.metadata(
      source: source.file.metadata, types: [],
      recipe: String(repeating: "0", count: 64))
    do throws(FormatError.Problem) {
      return try FileLayout(metadata: metadata, tensors: tensors)
    } catch {
      throw FormatError(path: source.file.path, error)
    }
  }

  /// The bytes that no choice of types changes.
  func headerBytes() throws -> Int {
    try layout(types: source.file.tensors.map(\.type)).headerBytes
  }
}

extension LossUnit {
  /// The name of a predicted loss in recipes, reports and metadata.
  package var predictionName: String {
    switch self {
    case .nats: "predicted_kld"
    case .weightedSquaredError: "predicted_error"
    }
  }
}

extension ModelFile {
  /// Weights in all tensors.
  var elements: Int { tensors.reduce(0) { $0 + $1.elements } }
}

extension FileLayout {
  /// 8 × bytes of all tensors ÷ weights of all tensors: as llama.cpp counts, padding left out.
  var bitsPerWeight: Double {
    let bytes = tensors.reduce(0) { $0 + $1.byteCount }
    return 8 * Double(bytes) / Double(max(tensors.reduce(0) { $0 + $1.elements }, 1))
  }
}

extension String {
  /// What follows the last slash.
  var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}
