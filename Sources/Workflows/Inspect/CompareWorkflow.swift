import Codecs
package import GGUF
import Measurement
package import Planning
package import Reports
import Statistics

/// What `ration inspect --against` is asked for.
package struct CompareRequest: CommandRequest {
  /// The quantized model, by whatever tool.
  package var model: String
  /// What it was made from.
  package var source: String
  /// The statistics of the source.
  package var statistics: String?
  package var pattern: TensorPattern?
  package var order: DistortionReport.Order
  /// The report as a page; nil for none.
  package var page: PageRequest?

  package init(
    model: String, source: String, statistics: String?, pattern: TensorPattern?,
    order: DistortionReport.Order, page: PageRequest? = nil
  ) {
    self.model = model
    self.source = source
    self.statistics = statistics
    self.pattern = pattern
    self.order = order
    self.page = page
  }

  package var files: CommandFiles {
    CommandFiles(
      inputs: [model, source, statistics].compactMap { $0 },
      outputs: [page?.output].compactMap { $0 })
  }
}

/// Compares a quantized model with its source: what each tensor really lost, every row measured.
package enum CompareWorkflow: Workflow {
  package static func run(
    _ request: CompareRequest, to outputs: [Reservation], _ session: Session
  ) throws -> DistortionReport {
    let source = try SourceModel(
      path: request.source, statistics: request.statistics, allowRequantize: true, session)
    let quantized = try ModelFile(path: request.model)
    let unit = source.lossUnit
    try source.checkSensitivity(
      session, otherwise: "the loss of all tensors is counted as weighted squared error")
    var pairs: [(source: TensorDescriptor, quantized: TensorDescriptor)] = []
    for tensor in try source.tensors(matching: request.pattern) {
      pairs.append((tensor, try quantized.counterpart(of: tensor, in: source.file)))
    }
    let tensors = try session.listingNonFiniteWeights(of: [source.file, quantized]) {
      try compare(pairs, source, quantized, unit, session)
    }
    try source.checkUnchanged()
    try quantized.checkUnchanged()
    let report = DistortionReport(
      tensors: tensors, unit: unit, order: request.order, layout: .list)
    if let page = request.page {
      var subject = page.subject(
        quantized, statistics: request.statistics,
        knowledge: source.inWords(unit == .nats ? .sensitivity(rest: nil) : .errors))
      subject.lede = "\(quantized.path.fileName) against \(source.file.path.fileName)"
      try session.write(try report.page(of: subject).html, to: outputs.first)
    }
    return report
  }

  private static func compare(
    _ pairs: [(source: TensorDescriptor, quantized: TensorDescriptor)], _ source: SourceModel,
    _ quantized: ModelFile, _ unit: LossUnit, _ session: Session
  ) throws -> [DistortionReport.Tensor] {
    session.progress.begin(
      "comparing", total: pairs.reduce(0) { $0 + $1.source.elements }, of: .weights)
    defer { session.progress.end() }
    return try pairs.map { original, other in
      let distortion = try compare(source, original, quantized, other, unit, session)
      return DistortionReport.Tensor(
        name: original.name, elements: original.elements,
        pairs: [
          DistortionReport.Pair(type: other.type, bytes: other.byteCount, distortion: distortion)
        ])
    }
  }

  private static func compare(
    _ source: SourceModel, _ original: TensorDescriptor, _ quantized: ModelFile,
    _ other: TensorDescriptor, _ unit: LossUnit, _ session: Session
  ) throws -> Distortion {
    let metric = try source.metric(of: original, unit: unit)
    let sourceCodec = try source.codec(of: original)
    guard let codec = Codec.of(other.type) else {
      throw UnreadableType(path: quantized.path, tensor: other.name, type: other.type)
    }
    let all = RowSample(
      energies: [Double](repeating: 0, count: original.rows), count: original.rows, seed: 0)
    let meter = DistortionMeter(all, rows: original.rows, columns: original.columns)
    // The larger one is a multiple of both groups, which are powers of two.
    let step = max(RowReader.rowsPerItem(original), RowReader.rowsPerItem(other))
    try session.forEach(
      (original.rows + step - 1) / step,
      makeState: {
        (
          x: RowReader(source.file, original, sourceCodec, rows: step),
          y: RowReader(quantized, other, codec, rows: step)
        )
      }
    ) { readers, item in
      let rows = item * step..<min((item + 1) * step, original.rows)
      var batch = DistortionMeter.Batch(all)
      let originals = try readers.x.read(rows)
      for (row, (x, y)) in zip(rows, zip(originals, try readers.y.read(rows))) {
        let loss = metric.loss(row: row, slice: row / original.rowsPerSlice, x, y)
        batch.add(position: row, loss, x, y)
      }
      meter.add(batch)
      session.progress.advance(by: rows.count * original.columns)
    }
    return meter.result().corrected(for: unit)
  }
}
