import Codecs
package import GGUF
import Measurement
import Planning
import Statistics

/// An output that is about to be written: what it is made from, and what it is to be.
struct ApplyJob {
  let source: SourceModel
  let outcome: RecipeOutcome
  let encoding: Encoding
  /// The second moments to compensate errors with.
  let moments: InputMoments?
  /// All files.
  let output: OutputPlan
  /// The names of the files.
  let paths: [String]
  /// A file of before, to take tensors over from.
  let old: RecordedModel?
  let request: ApplyRequest
  let session: Session
  private let statistics: PlanRecord.StatisticsRecord?

  init(_ request: ApplyRequest, _ session: Session) throws {
    self.request = request
    self.session = session
    // Conversions are decided tensor by tensor, so nothing is refused here.
    source = try SourceModel(
      path: request.model, statistics: request.statistics, allowRequantize: true, session)
    outcome = try request.recipe.outcome(for: source.file.tensors)
    statistics = try source.statisticsRecord()
    encoding = try Encoding(of: request.recipe, recipePath: request.recipePath, source)
    moments = try request.moments.map { [source, encoding] in
      try InputMoments(path: $0, of: source, unit: encoding.unit, session)
    }
    let promise = try source.promise(
      of: outcome, recipePath: request.recipePath, statistics: statistics,
      moments: try moments?.record(), session
    ).promise
    try Self.check(outcome, of: source, encoding, request, session)
    output = try source.output(
      of: outcome, added: request.added, division: request.division, promise: promise,
      version: request.version, path: request.output)
    paths = output.paths(request.output)
    old = try request.update.map { try RecordedModel(path: $0) }
  }

  /// The metadata of the first file once all tensors are known.
  ///
  /// - Parameters:
  ///   - sources: the digests of the source's tensors, in their order.
  ///   - tensors: the SHA-256 of each tensor's bytes.
  ///   - origins: what the bytes of each tensor depend on.
  func metadata(
    sources: [ContentDigest], tensors: [ContentDigest], origins: [ContentDigest]
  ) -> Metadata {
    output.metadata(
      source: SourceDigests.digest(of: source.file, tensors: sources),
      statistics: statistics.flatMap { ContentDigest(hexadecimal: $0.digest) }, tensors: tensors,
      origins: origins)
  }

  /// Writes files.
  ///
  /// - Parameters:
  ///   - output: which files.
  ///   - paths: their names.
  ///   - metadata: that of the first of them, given what was written and the SHA-256 of each tensor; nil leaves what its
  ///     layout has.
  func write(
    _ output: OutputPlan, to reservation: Reservation, paths: [String],
    metadata: (OutputWriting, [ContentDigest]) throws -> Metadata?
  ) throws -> WrittenFiles {
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
        by: session.workers, metadata: { try metadata(writing, $0) },
        checking: { tensor, rows, bytes in
          try Self.checkFinite(bytes, of: tensor, rows, path: paths[tensor.shard])
        })
      if let uncertainty { session.note(uncertainty) }
    } catch {
      throw Self.give(up: writer, paths[0], for: error)
    }
    return WrittenFiles(output: output, paths: paths, writing: writing)
  }

  /// Looks for weights that are no numbers in what was written. Most were looked at before, but not those that an
  /// earlier run or an old file had.
  static func checkFinite(
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

/// Files that were written, or were there.
struct WrittenFiles {
  let output: OutputPlan
  let paths: [String]
  /// How; nil where they were there.
  let writing: OutputWriting?
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
