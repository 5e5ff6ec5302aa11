package import Codecs
package import GGUF
package import Measurement
package import Planning
package import Reports
import Statistics

/// What `ration inspect` is asked for.
package struct InspectRequest: CommandRequest {
  package var model: String
  package var statistics: String?
  /// The types to try; nil for all that a tensor's shape allows.
  package var types: [TensorType]?
  /// Which tensors; nil for all that may be quantized.
  package var pattern: TensorPattern?
  package var order: DistortionReport.Order
  package var sampling: Sampling
  package var weighting: Weighting
  package var cache: String?
  package var allowRequantize: Bool
  /// The report as a page; nil for none.
  package var page: PageRequest?

  package init(
    model: String, statistics: String?, types: [TensorType]?, pattern: TensorPattern?,
    order: DistortionReport.Order, sampling: Sampling, weighting: Weighting = .importance,
    cache: String?, allowRequantize: Bool, page: PageRequest? = nil
  ) {
    self.model = model
    self.statistics = statistics
    self.types = types
    self.pattern = pattern
    self.order = order
    self.sampling = sampling
    self.weighting = weighting
    self.cache = cache
    self.allowRequantize = allowRequantize
    self.page = page
  }

  package var files: CommandFiles {
    CommandFiles(
      inputs: [model, statistics].compactMap { $0 },
      outputs: [page?.output].compactMap { $0 },
      kept: [cache].compactMap { $0 }.map(CommandFiles.Kept.cache))
  }
}

/// Inspects: measures what types would cost each tensor of a model.
package enum InspectWorkflow: Workflow {
  package static func run(
    _ request: InspectRequest, to outputs: [Reservation], _ session: Session
  ) throws -> DistortionReport {
    let source = try SourceModel(
      path: request.model, statistics: request.statistics,
      allowRequantize: request.allowRequantize, session)
    source.noteUndecodable(session)
    let cache = try session.openCache(request.cache)
    let basis: LossBasis = source.lossUnit == .nats ? .sensitivity(rest: nil) : .errors
    try source.checkSensitivity(
      session, otherwise: "the loss of all tensors is counted as weighted squared error")
    let measurement = ModelMeasurement(
      source: source, cache: cache, sampling: request.sampling, basis: basis,
      weighting: request.weighting, session: session)
    var withheld: Set<TensorType> = []
    let requests = try source.tensors(matching: request.pattern).map { tensor in
      var codecs = codecs(for: tensor, request.types)
      if !source.hasImportance(tensor, unit: basis.measuredUnit) {
        withheld.formUnion(codecs.filter(\.requiresImportance).map(\.type))
        codecs.removeAll(where: \.requiresImportance)
      }
      return MeasurementRequest(tensor: tensor, codecs: codecs)
    }
    try session.warn(ofWithheld: (request.types ?? []).filter { withheld.contains($0) })
    let types = try measurement.types(of: requests)
    let tensors = zip(requests, types).map { request, measured in
      DistortionReport.Tensor(
        name: request.tensor.name, elements: request.tensor.elements,
        pairs: measured.distortions.map { type, distortion in
          DistortionReport.Pair(
            type: type,
            bytes: type.bytes(rows: request.tensor.rows, columns: request.tensor.columns) ?? 0,
            distortion: distortion)
        })
    }
    let report = DistortionReport(tensors: tensors, unit: basis.unit, order: request.order)
    if let page = request.page {
      let subject = page.subject(
        source.file, statistics: request.statistics, knowledge: source.inWords(basis))
      try session.write(try report.page(of: subject).html, to: outputs.first)
    }
    return report
  }

  /// The codecs to try on a tensor: those asked for, else the quantized ones, that rows of its length allow.
  private static func codecs(for tensor: TensorDescriptor, _ types: [TensorType]?) -> [Codec] {
    Codec.all.filter { codec in
      (types?.contains(codec.type) ?? codec.type.isQuantized)
        && TensorShape(tensor.shape).allows(codec.type)
    }
  }
}

extension SourceModel {
  /// The movable tensors whose names a pattern matches; all for nil.
  func tensors(matching pattern: TensorPattern?) throws(NoTensorMatches) -> [TensorDescriptor] {
    let found = movable.filter { pattern?.matches($0.name) ?? true }
    if found.isEmpty { throw NoTensorMatches(path: file.path, pattern: pattern) }
    return found
  }
}

/// A pattern that selects nothing, or a model in which nothing may be quantized.
package struct NoTensorMatches: ClassifiedError {
  package let path: String
  package let pattern: TensorPattern?

  package var kind: ErrorKind { .usage }

  package var description: String {
    pattern.map { "\(path.escaped): no tensor that may be quantized matches ‘\($0)’" }
      ?? "\(path.escaped): it has no tensor that may be quantized"
  }
}
