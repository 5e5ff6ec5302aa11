import Statistics
import Codecs
package import GGUF
import Measurement
package import Planning
package import Reports

/// What `ration apply` is asked for.
package struct ApplyRequest: Sendable {
  package var recipe: Recipe
  /// Where the recipe was read from, for messages.
  package var recipePath: String
  package var model: String
  package var output: String
  package var statistics: String?
  package var overwrite: Bool
  package var allowRequantize: Bool
  /// Of the program, for provenance.
  package var version: String

  package init(
    recipe: Recipe, recipePath: String, model: String, output: String, statistics: String?,
    overwrite: Bool, allowRequantize: Bool, version: String
  ) {
    self.recipe = recipe
    self.recipePath = recipePath
    self.model = model
    self.output = output
    self.statistics = statistics
    self.overwrite = overwrite
    self.allowRequantize = allowRequantize
    self.version = version
  }
}

/// Applies a recipe: writes the model with each tensor in the type that the recipe gives it.
///
/// Threads take rows, not tensors, in chunks of bounded size, so memory does not grow with the model;
/// each row is encoded by itself, so the bytes do not depend on the threads.
package enum ApplyWorkflow {
  package static func run(_ request: ApplyRequest, _ session: Session) throws -> ApplyReport {
    // Conversions are decided tensor by tensor below, so nothing is refused here.
    let source = try SourceModel(
      path: request.model, statistics: request.statistics, allowRequantize: true, session)
    try checkProvenance(request, session)
    let types = try chosenTypes(source, request, session)
    let layout = try layout(
      source, request.recipe, types, version: request.version, path: request.output)
    let inputs = source.inputs + [request.recipePath]
    let writer = try ModelFileWriter(
      path: request.output, layout: layout, inputs: inputs, overwrite: request.overwrite)
    do {
      try write(
        source, writer, request.recipe, weighting: try weighting(request), session)
      try source.file.checkUnchanged()
      try session.interruption.check()
      try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
    return ApplyReport(
      path: request.output, fileBytes: layout.fileBytes, bitsPerWeight: layout.bitsPerWeight,
      tensors: zip(source.file.tensors, layout.tensors).map {
        ApplyReport.Tensor(name: $1.name, from: $0.type, type: $1.type, bytes: $1.byteCount)
      })
  }

  // MARK: Deciding

  private static func checkProvenance(_ request: ApplyRequest, _ session: Session) throws {
    let planned = request.recipe.provenance["statistics"]
    let given = request.statistics?.fileName
    if let planned, planned != given {
      try session.warn(
        "\(request.recipePath.escaped) was planned with --statistics \(planned.escaped), which is "
          + (given.map { "not \($0.escaped)" } ?? "not given"))
    }
  }

  /// What encoders minimise: what the recipe was planned with.
  private static func weighting(_ request: ApplyRequest) throws(UnknownWeighting) -> Weighting {
    guard let name = request.recipe.provenance["weighting"] else { return .importance }
    guard let weighting = Weighting(rawValue: name) else {
      throw UnknownWeighting(path: request.recipePath, name: name)
    }
    return weighting
  }

  /// The type of each tensor, by the recipe; tensors that it is silent about keep theirs.
  private static func chosenTypes(
    _ source: SourceModel, _ request: ApplyRequest, _ session: Session
  ) throws -> [TensorType] {
    let outcome = request.recipe.outcome(for: source.file.tensors)
    let rules = request.recipe.rules
    for place in outcome.unmatched { try session.warn("rule \(rules[place]) matches no tensor") }
    for place in outcome.shadowed {
      try session.warn("rule \(rules[place]) has no effect: earlier rules take its tensors")
    }
    for entry in outcome.entries { try check(entry.type, for: entry.tensor, request) }
    let silent = outcome.uncovered.map(\.tensor.name)
    if !silent.isEmpty {
      try session.warn(
        "no rule for \(SourceModel.list(silent)): each keeps the type it has")
    }
    return outcome.entries.map(\.type)
  }

  private static func check(
    _ type: TensorType, for tensor: TensorDescriptor, _ request: ApplyRequest
  ) throws {
    guard type != tensor.type else { return }
    guard Codec.of(type)?.canEncode == true else {
      throw UnwritableType(tensor: tensor.name, type: type)
    }
    guard TensorShape(tensor.shape).allows(type) else {
      throw ShapeMismatch(tensor: tensor.name, columns: tensor.columns, type: type)
    }
    guard type.isQuantized, tensor.type.isQuantized, !request.allowRequantize else { return }
    throw QuantizedSource(
      path: request.model, tensor: tensor.name, type: tensor.type, count: 1)
  }

  /// Where the parts of the file go, given the type of each tensor.
  ///
  /// - Parameters:
  ///   - version: of the program.
  ///   - path: of the file, for messages.
  static func layout(
    _ source: SourceModel, _ recipe: Recipe, _ types: [TensorType], version: String, path: String
  ) throws -> FileLayout {
    let prediction = [LossUnit.nats, .weightedSquaredError].lazy.compactMap { unit in
      recipe.provenance[unit.predictionName].flatMap(Double.init).map {
        OutputMetadata.Prediction(name: unit.predictionName, value: $0)
      }
    }.first
    let output = OutputMetadata(
      version: version, prediction: prediction, statistics: source.statistics)
    let tensors = zip(source.file.tensors, types).map { (name: $0.name, shape: $0.shape, type: $1) }
    let bytes = zip(source.file.tensors, types).map { tensor, type in
      (type: type, bytes: type.bytes(rows: tensor.rows, columns: tensor.columns) ?? 0)
    }
    let metadata = output.metadata(
      source: source.file.metadata, types: bytes,
      recipe: ContentKey(of: recipe.tensorTypeFile).hexadecimal)
    do throws(FormatError.Problem) {
      return try FileLayout(metadata: metadata, tensors: tensors)
    } catch {
      throw FormatError(path: path, error)
    }
  }

  // MARK: Writing

  /// What the recipe's plan measured: encoders weigh errors as then, or its promise would not hold.
  private static func measuredUnit(of recipe: Recipe, _ source: SourceModel) throws -> LossUnit {
    let isMeasured = recipe.provenance["sensitivity"].map { $0 == Knowledge.sensitivity.provenance }
    return isMeasured ?? true ? try source.lossUnit() : .weightedSquaredError
  }

  /// A stretch of rows of one tensor.
  private struct Item {
    let tensor: Int
    let rows: Range<Int>
  }

  private static func write(
    _ source: SourceModel, _ writer: ModelFileWriter, _ recipe: Recipe, weighting: Weighting,
    _ session: Session
  ) throws {
    let tensors = source.file.tensors
    var items: [Item] = []
    for (index, tensor) in tensors.enumerated() {
      // About a mebi of weights: large writes, little memory.
      let step = max(1, (1 << 20) / tensor.columns) * tensor.type.rowsPerGroup
      for start in stride(from: 0, to: tensor.rows, by: step) {
        items.append(Item(tensor: index, rows: start..<min(start + step, tensor.rows)))
      }
    }
    let unit = try measuredUnit(of: recipe, source)
    let importance = try tensors.enumerated().map { index, tensor -> [Float]? in
      guard writer.layout.tensors[index].type != tensor.type else { return nil }
      return try source.weights(of: tensor, unit: unit).importance
    }
    session.progress.begin(
      "quantizing", total: tensors.reduce(0) { $0 + $1.elements }, of: .weights)
    defer { session.progress.end() }
    let work = items
    try Parallel.forEach(
      work.count, session, makeWorker: { RowConverter(source: source, weighting: weighting) }
    ) {
      converter, number in
      let item = work[number]
      let tensor = tensors[item.tensor]
      let target = writer.layout.tensors[item.tensor]
      try converter.convert(
        tensor, item.rows, to: target.type, importance: importance[item.tensor]
      ) { bytes in
        try writer.write(bytes, tensor: item.tensor, at: item.rows.lowerBound * target.rowBytes)
      }
      session.progress.advance(by: item.rows.count * tensor.columns)
    }
  }
}

/// A type whose blocks do not divide a tensor's rows.
package struct ShapeMismatch: Error, CustomStringConvertible {
  package let tensor: String
  package let columns: Int
  package let type: TensorType

  package var description: String {
    "tensor \(tensor.escaped) cannot be \(type): its rows of \(columns) weights are not a multiple "
      + "of \(type.weightsPerBlock)"
  }
}

/// A type that Ration has no encoder for.
package struct UnwritableType: Error, CustomStringConvertible {
  package let tensor: String
  package let type: TensorType

  package var description: String {
    "tensor \(tensor.escaped) cannot become \(type): Ration has no encoder for it"
  }
}

/// A recipe that was planned with a weighting which this program does not know.
package struct UnknownWeighting: Error, CustomStringConvertible {
  package let path: String
  package let name: String

  package var description: String {
    "\(path.escaped): unknown weighting ‘\(name.escaped)’"
  }
}
