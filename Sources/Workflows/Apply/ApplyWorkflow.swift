import Codecs
package import GGUF
import Measurement
package import Planning
package import Reports
import Statistics

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
  /// The version of the program, for provenance.
  package var version: String
  /// Tensors that the model lacks and the file is to have, each with its bytes.
  package var added: [OutputPlan.Tensor]

  package init(
    recipe: Recipe, recipePath: String, model: String, output: String, statistics: String?,
    overwrite: Bool, allowRequantize: Bool, version: String, added: [OutputPlan.Tensor] = []
  ) {
    self.recipe = recipe
    self.recipePath = recipePath
    self.model = model
    self.output = output
    self.statistics = statistics
    self.overwrite = overwrite
    self.allowRequantize = allowRequantize
    self.version = version
    self.added = added
  }
}

/// Applies a recipe: writes the model with each tensor in the type that the recipe gives it.
///
/// Threads take rows, not tensors, in chunks of bounded size, and statistics are read for the tensors in
/// work alone, so memory does not grow with the model. Each row is encoded by itself, so the bytes do not
/// depend on the threads.
package enum ApplyWorkflow {
  package static func run(_ request: ApplyRequest, _ session: Session) throws -> ApplyReport {
    // Conversions are decided tensor by tensor below, so nothing is refused here.
    let source = try SourceModel(
      path: request.model, statistics: request.statistics, allowRequantize: true, session)
    let outcome = request.recipe.outcome(for: source.file.tensors)
    let promise = try source.promise(of: outcome, recipePath: request.recipePath, session)
    try check(outcome, request, session)
    let encoding = try Encoding(of: request.recipe, recipePath: request.recipePath, source)
    let output = try source.output(
      of: outcome, added: request.added, promise: promise, version: request.version,
      path: request.output)
    let inputs = source.inputs + [request.recipePath]
    let writer = try ModelFileWriter(
      path: request.output, layout: output.layout, inputs: inputs, overwrite: request.overwrite)
    do {
      try session.listingNonFiniteWeights(of: [source.file]) {
        try write(output, of: source, to: writer, encoding, session)
      }
      try source.checkUnchanged()
      try session.interruption.check()
      try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
    return ApplyReport(
      path: request.output, fileBytes: output.fileBytes, bitsPerWeight: output.bitsPerWeight,
      tensors: zip(source.file.tensors, output.layout.tensors).map {
        ApplyReport.Tensor(name: $1.name, from: $0.type, type: $1.type, bytes: $1.byteCount)
      })
  }

  // MARK: Deciding

  /// Checks that the recipe can be carried out, and warns of what it may not have meant.
  private static func check(
    _ outcome: RecipeOutcome, _ request: ApplyRequest, _ session: Session
  ) throws {
    let rules = request.recipe.rules
    for place in outcome.unmatched { try session.warn("rule \(rules[place]) matches no tensor") }
    for place in outcome.shadowed {
      try session.warn("rule \(rules[place]) has no effect: earlier rules take its tensors")
    }
    for entry in outcome.entries { try check(entry.type, for: entry.tensor, request) }
    let silent = outcome.uncovered.map(\.tensor.name)
    if !silent.isEmpty {
      try session.warn(
        "no rule for \(silent.summary): each keeps the type it has")
    }
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

  // MARK: Writing

  /// A stretch of rows of one tensor.
  private struct Item {
    let tensor: Int
    let rows: Range<Int>
  }

  private static func write(
    _ output: OutputPlan, of source: SourceModel, to writer: ModelFileWriter,
    _ encoding: Encoding, _ session: Session
  ) throws {
    var items: [Item] = []
    var total = 0
    for (index, tensor) in output.tensors.enumerated() {
      switch tensor.content {
      case .bytes(let bytes):
        try bytes.withUnsafeBytes { try writer.write($0, tensor: index, at: 0) }
      case .source(let original):
        // About a mebi of weights: large writes, little memory.
        let step = max(1, (1 << 20) / original.columns) * original.type.rowsPerGroup
        for start in stride(from: 0, to: original.rows, by: step) {
          items.append(Item(tensor: index, rows: start..<min(start + step, original.rows)))
        }
        total += original.elements
      }
    }
    session.progress.begin("quantizing", total: total, of: .weights)
    defer { session.progress.end() }
    let importance = RecentTensors(capacity: session.threads + 1) { tensor in
      try source.metric(of: tensor, unit: encoding.unit).importance
    }
    let work = items
    try session.forEach(
      work.count,
      makeState: { RowConverter(source: source, weighting: encoding.weighting) }
    ) { converter, number in
      let item = work[number]
      guard case .source(let tensor) = output.tensors[item.tensor].content else { return }
      let target = output.layout.tensors[item.tensor]
      try converter.convert(
        tensor, item.rows, to: target.type,
        importance: target.type == tensor.type ? nil : try importance.value(of: tensor)
      ) { bytes in
        try writer.write(bytes, tensor: item.tensor, at: item.rows.lowerBound * target.rowBytes)
      }
      session.progress.advance(by: item.rows.count * tensor.columns)
    }
  }
}

/// A type whose blocks do not divide a tensor's rows.
package struct ShapeMismatch: ClassifiedError {
  package let tensor: String
  package let columns: Int
  package let type: TensorType

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    "tensor \(tensor.escaped) cannot be \(type): its rows of \(columns) weights are not a multiple "
      + "of \(type.weightsPerBlock)"
  }
}

/// A type that Ration has no encoder for.
package struct UnwritableType: ClassifiedError {
  package let tensor: String
  package let type: TensorType

  package var kind: ErrorKind { .infeasible }

  package var description: String {
    "tensor \(tensor.escaped) cannot become \(type): Ration has no encoder for it"
  }
}
