import Codecs
package import GGUF
import Planning
package import Reports

/// What `ration verify` is asked for.
package struct VerifyRequest: Sendable {
  /// A model's file, by whatever tool.
  package var model: String
  /// What it was made from; nil where nothing is to be held against it.
  package var source: String?

  package init(model: String, source: String? = nil) {
    self.model = model
    self.source = source
  }
}

/// Verifies a model's file: its structure, its weights, and that it is what was written.
package enum VerifyWorkflow {
  /// - Throws: Where a file cannot be read, or the source is malformed. What is wrong with the file itself stands in
  ///   the report.
  package static func run(_ request: VerifyRequest, _ session: Session) throws -> VerifyReport {
    var report = VerifyReport(path: request.model)
    let model: ModelFile
    do {
      model = try ModelFile(path: request.model)
    } catch let error as FormatError {
      report.add([.format(error)])
      return report
    }
    let source = try request.source.map { try ModelFile(path: $0) }
    report.shards = model.shardPaths.count
    report.fileBytes = try model.shardPaths.reduce(0) { try $0 + FileStamp(path: $1).size }
    report.tensors = model.tensors.count
    report.undecoded = model.tensors.filter { Codec.of($0.type) == nil }.map {
      VerifyReport.Undecoded(tensor: $0.name, type: $0.type)
    }
    report.add(try model.gapFaults().map(VerifyFault.gap))
    var provenance = FileProvenance()
    do {
      provenance = try FileProvenance(model.metadata, tensors: model.tensors.count)
    } catch {
      report.add([.provenance(error)])
    }
    try verifyTensors(of: model, source, provenance.tensorDigests, &report, session)
    if let source { try compare(model, with: source, provenance, &report, session) }
    try model.checkUnchanged()
    try source?.checkUnchanged()
    return report
  }

  /// Turns a report with faults into the error that they are.
  package static func judge(_ report: VerifyReport) throws(FailedVerification) {
    guard report.faultCount == 0 else {
      throw FailedVerification(path: report.path, faults: report.faultCount)
    }
  }

  // MARK: Tensors

  /// What a look at a tensor's data has found.
  private struct Findings: Sendable {
    var places = NonFinitePlaces()
    /// The first byte that differs from the source, where the tensor kept its type.
    var difference: Int?
    var digest: ContentDigest?
  }

  private static func verifyTensors(
    of model: ModelFile, _ source: ModelFile?, _ recorded: [ContentDigest]?,
    _ report: inout VerifyReport, _ session: Session
  ) throws {
    let tensors = model.tensors
    let findings = try TensorPass(model: model, session: session).run(
      "verifying", over: tensors
    ) { reader, index in
      try look(
        at: tensors[index], of: model, source, takingDigest: recorded != nil, &reader)
    }
    for (index, findings) in findings.enumerated() {
      let name = tensors[index].name
      report.add(findings.places.first.map(VerifyFault.nonFinite), count: findings.places.count)
      if let recorded = recorded?[index], let found = findings.digest, found != recorded {
        report.digests = .differ
        report.add([.digest(tensor: name, recorded: recorded, found: found)])
      }
      if let offset = findings.difference { report.add([.content(tensor: name, at: offset)]) }
    }
    if recorded != nil, report.digests == .none { report.digests = .agree }
  }

  private static func look(
    at tensor: TensorDescriptor, of model: ModelFile, _ source: ModelFile?, takingDigest: Bool,
    _ reader: inout TensorReader
  ) throws -> Findings {
    var findings = Findings()
    var hasher = ContentHasher()
    var search = NonFiniteSearch()
    let codec = Codec.of(tensor.type)
    let original = source?[tensor.name].flatMap { $0.isStored(as: tensor) ? $0 : nil }
    try reader.forEachStretch(of: tensor) { stretch in
      if takingDigest { hasher.add(stretch.bytes) }
      if let codec {
        search.look(in: stretch.bytes, of: tensor, from: stretch.firstWeight, codec) {
          findings.places.add(NonFiniteWeight(model, tensor, row: $0, columns: $1, value: $2))
        }
      }
      if let source, let original, findings.difference == nil {
        findings.difference = try source.difference(of: original, from: stretch)
      }
    }
    if takingDigest { findings.digest = hasher.finish() }
    return findings
  }

  // MARK: The source

  private static func compare(
    _ model: ModelFile, with source: ModelFile, _ provenance: FileProvenance,
    _ report: inout VerifyReport, _ session: Session
  ) throws {
    for original in source.tensors {
      guard let tensor = model[original.name] else {
        report.add([.missing(tensor: original.name)])
        continue
      }
      if tensor.shape != original.shape {
        report.add([
          .shape(tensor: tensor.name, source: original.shape, found: tensor.shape)
        ])
      }
    }
    for tensor in model.tensors where source[tensor.name] == nil {
      report.add([.added(tensor: tensor.name)])
    }
    for entry in source.metadata.entries where !OutputMetadata.changes(entry.key) {
      if let value = model.metadata[entry.key] {
        if value != entry.value { report.add([.changedKey(entry.key)]) }
      } else {
        report.add([.missingKey(entry.key)])
      }
    }
    if let recorded = provenance.sourceDigest {
      let found = try digest(of: source, session)
      if found != recorded { report.add([.otherSource(recorded: recorded, found: found)]) }
    }
    report.source = VerifyReport.Source(
      path: source.path,
      kept: model.tensors.count { source[$0.name]?.isStored(as: $0) == true },
      isRecorded: provenance.sourceDigest != nil)
  }

  /// Reads all of a model for its digest.
  private static func digest(of model: ModelFile, _ session: Session) throws -> ContentDigest {
    let digests = SourceDigests(of: model)
    session.progress.begin(
      "reading the source", total: model.tensors.reduce(0) { $0 + $1.elements }, of: .weights)
    defer { session.progress.end() }
    try session.forEach(model.tensors.count, makeState: {}) { _, index in
      _ = try digests.read(index, pause: session.interruption.check)
      session.progress.advance(by: model.tensors[index].elements)
    }
    return SourceDigests.digest(of: model, tensors: digests.digests)
  }
}

extension TensorDescriptor {
  /// Whether the other tensor has the same type and shape, so that the bytes can be compared.
  fileprivate func isStored(as other: TensorDescriptor) -> Bool {
    type == other.type && shape == other.shape
  }
}

extension ModelFile {
  /// The first byte of a tensor's data that is not the one in a stretch of another; nil where all agree.
  fileprivate func difference(
    of tensor: TensorDescriptor, from stretch: TensorReader.Stretch
  ) throws -> Int? {
    try withUnsafeTemporaryAllocation(byteCount: stretch.bytes.count, alignment: 64) { own in
      try read(tensor, byteRange: stretch.range, into: own)
      guard !own.elementsEqual(stretch.bytes) else { return nil }
      return zip(own, stretch.bytes).enumerated().first { $1.0 != $1.1 }
        .map { stretch.range.lowerBound + $0.offset }
    }
  }
}

/// A file that is not what it should be.
package struct FailedVerification: ClassifiedError {
  package let path: String
  /// How many things are wrong with it.
  package let faults: Int

  package var kind: ErrorKind { .verification }

  package var description: String {
    "\(path.escaped): verification failed: \(faults) \(faults == 1 ? "fault" : "faults")"
  }
}
