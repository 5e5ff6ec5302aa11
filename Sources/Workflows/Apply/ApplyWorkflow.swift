import Codecs
package import GGUF
import Measurement
import Planning
package import Reports
import Statistics

/// Applies a recipe: writes the model with each tensor in the type that the recipe gives it.
///
/// A run that was ended leaves what it wrote, and the next run of the same recipe goes on from there, to the same
/// bytes.
package enum ApplyWorkflow: Workflow {
  package static func run(
    _ request: ApplyRequest, to outputs: [Reservation], _ session: Session
  ) throws -> ApplyReport {
    // Conversions are decided tensor by tensor below, so nothing is refused here.
    let source = try SourceModel(
      path: request.model, statistics: request.statistics, allowRequantize: true, session)
    let outcome = try request.recipe.outcome(for: source.file.tensors)
    let statistics = try source.statisticsRecord()
    let encoding = try Encoding(of: request.recipe, recipePath: request.recipePath, source)
    let moments = try request.moments.map {
      try InputMoments(path: $0, of: source, unit: encoding.unit, session)
    }
    let promise = try source.promise(
      of: outcome, recipePath: request.recipePath, statistics: statistics,
      moments: try moments?.record(), session
    ).promise
    try check(outcome, of: source, encoding, request, session)
    let output = try source.output(
      of: outcome, added: request.added, division: request.division, promise: promise,
      version: request.version, path: request.output)
    let paths = output.paths(request.output)
    try warn(of: output, request.division, session)
    let old = try request.update.map { try RecordedModel(path: $0) }
    let reservation = try outputs.first ?? request.files(writing: paths).hold()[0]
    let writer = try ModelFileWriter(
      output.layouts, to: reservation, pause: session.interruption.check)
    for note in writer.notes { session.note(note) }
    let writing = OutputWriting(output, of: source, to: writer, encoding, moments, session)
    do {
      try session.listingNonFiniteWeights(of: [source.file]) {
        // Files that were complete already may have had the name of the old one.
        try writing.takeOver(from: writer.wasComplete ? nil : old)
        try writing.convertRest()
      }
      try source.checkUnchanged()
      try moments?.checkUnchanged()
      let uncertainty = try writer.finish(
        by: session.workers,
        metadata: {
          output.metadata(
            source: writing.sources.digest,
            statistics: statistics.flatMap { ContentDigest(hexadecimal: $0.digest) }, tensors: $0,
            origins: writing.origins)
        },
        checking: { tensor, rows, bytes in
          try checkFinite(bytes, of: tensor, rows, path: paths[tensor.shard])
        })
      if let uncertainty { session.note(uncertainty) }
    } catch {
      throw give(up: writer, paths[0], for: error)
    }
    return ApplyReport(
      files: zip(paths, output.layouts).map { ApplyReport.File(path: $0, bytes: $1.fileBytes) },
      bitsPerWeight: output.bitsPerWeight,
      tensors: zip(source.file.tensors, output.descriptors).map {
        ApplyReport.Tensor(name: $1.name, from: $0.type, type: $1.type, bytes: $1.byteCount)
      },
      resumed: writing.resumed, takenOver: old.map { (writing.takenOver, $0.file.path) },
      compensation: moments == nil ? nil : ApplyReport.Compensation(trials: writing.trials))
  }

  /// Warns of files that a single tensor makes larger than they should be.
  private static func warn(
    of output: OutputPlan, _ division: FileDivision, _ session: Session
  ) throws {
    guard case .limited(let bytes, _) = division else { return }
    for layout in output.layouts where layout.fileBytes > bytes {
      try session.warn(
        "a file of \(layout.fileBytes) bytes is larger than --split-max-size allows: "
          + (layout.tensors.last.map { "tensor \($0.name.escaped) cannot be divided" }
            ?? "the metadata cannot be divided"))
    }
  }

  /// Looks for weights that are no numbers in what was written. Most were looked at before, but not those that an
  /// earlier run or an old file had.
  private static func checkFinite(
    _ bytes: UnsafeRawBufferPointer, of tensor: TensorDescriptor, _ rows: Range<Int>, path: String
  ) throws(NonFiniteWeight) {
    guard let codec = Codec.of(tensor.type) else { return }
    var search = NonFiniteSearch()
    try search.look(
      in: bytes, of: tensor, from: rows.lowerBound * tensor.columns, codec
    ) { row, columns, value throws(NonFiniteWeight) in
      throw NonFiniteWeight(path: path, tensor, row: row, columns: columns, value: value)
    }
  }

  /// Keeps what was written if a later run can go on from there, and removes it otherwise.
  private static func give(
    up writer: ModelFileWriter, _ path: String, for error: any Error
  ) -> any Error {
    guard let error = error as? any ClassifiedError else {
      writer.abandon()
      return error
    }
    switch error.kind {
    case .inputOutput, .conflict, .verification, .interrupted:
      writer.suspend()
      return UnfinishedOutput(path: path, reason: error)
    case .usage, .badInput, .infeasible, .nonFinite:
      writer.abandon()
      return error
    }
  }

  // MARK: Deciding

  /// Checks that the recipe can be carried out, and warns of what it may not have meant.
  private static func check(
    _ outcome: RecipeOutcome, of source: SourceModel, _ encoding: Encoding,
    _ request: ApplyRequest, _ session: Session
  ) throws {
    let rules = request.recipe.rules
    for place in outcome.unmatched { try session.warn("rule \(rules[place]) matches no tensor") }
    for place in outcome.shadowed {
      try session.warn("rule \(rules[place]) has no effect: earlier rules take its tensors")
    }
    for entry in outcome.entries where entry.type != entry.tensor.type {
      try source.codec(writing: entry.tensor, as: entry.type, unit: encoding.unit)
      guard entry.type.isQuantized, entry.tensor.type.isQuantized, !request.allowRequantize else {
        continue
      }
      throw QuantizedSource(
        path: request.model, tensor: entry.tensor.name, type: entry.tensor.type, count: 1)
    }
    let silent = outcome.uncovered.map(\.tensor.name)
    if !silent.isEmpty {
      try session.warn(
        "no rule for \(silent.summary): each keeps the type it has")
    }
  }
}

/// An output that is not complete, for a reason that need not last.
package struct UnfinishedOutput: ClassifiedError {
  /// The output.
  package let path: String
  /// Why it is not complete.
  package let reason: any ClassifiedError

  package var kind: ErrorKind { reason.kind }

  package var description: String {
    "\(reason); what is done is kept in \(path.escaped).partial, and the same command goes on "
      + "from there"
  }
}
