import Codecs
package import GGUF
import Measurement
import Planning
package import Reports
import Statistics

/// Makes a share of the measurements that a plan needs, for the cache of whoever plans.
package enum MeasureWorkflow: Workflow {
  package static func run(
    _ request: MeasureRequest, to outputs: [Reservation], _ session: Session
  ) throws -> MeasureReport {
    let cache = try session.openCache(request.inputs.cache)
    let subject = try PlanSubject(request.inputs, countsPadding: false, cache: cache, session)
    let all = subject.measurement.measured(for: subject.requests)
    let own = all.share(request.share, sampling: request.inputs.sampling)
    let header = ShareFile.Header(
      work: try subject.work(all, request.inputs), number: request.share.number,
      count: request.share.count, model: request.inputs.model.fileName, version: request.version)
    let report = MeasureReport(
      path: request.output, share: "\(request.share)", measurements: own.pairs, of: all.pairs)
    if try isThere(header, at: request) {
      try cache.discard()
      return report.alreadyThere
    }
    let measurement = subject.measurement
    let list = try measurement.list(of: own)
    let results = try session.listingNonFiniteWeights(of: [subject.source.file]) {
      try measurement.run(list)
    }
    let measurements = list.entries.flatMap { entry in
      entry.trials.compactMap { trial -> ShareFile.Measurement? in
        // That a type cannot hold a tensor is no figure to remember.
        guard case .measured(let distortion)? = results[trial.key] else { return nil }
        return ShareFile.Measurement(
          key: trial.key, tensor: entry.tensor.name, type: trial.codec.type, distortion)
      }
    }
    if let uncertainty = try WholeFile.write(
      try ShareFile.bytes(header, measurements), to: outputs[0])
    {
      session.note(uncertainty)
    }
    try cache.discard()
    return report
  }

  /// Whether the output is there already.
  ///
  /// - Throws: `ConflictError.exists` where something else is there and may not be replaced.
  private static func isThere(_ header: ShareFile.Header, at request: MeasureRequest) throws -> Bool
  {
    guard try FileStamp.ofExisting(path: request.output) != nil else { return false }
    if (try? ShareFile.header(of: request.output)) == header { return true }
    guard request.overwrite else { throw ConflictError.exists(request.output) }
    return false
  }
}

extension [MeasurementRequest] {
  /// Pairs of a tensor and a type.
  fileprivate var pairs: Int { reduce(0) { $0 + $1.codecs.count } }

  /// A share of them: consecutive pairs of about the same cost, so that few tensors are read by two processes.
  fileprivate func share(_ share: WorkShare, sampling: Sampling) -> [MeasurementRequest] {
    let costs = flatMap { $0.costs(sampling: sampling) }
    let own = share.consecutive(costs)
    var before = 0
    return compactMap { request -> MeasurementRequest? in
      let pairs = before..<before + request.codecs.count
      before = pairs.upperBound
      let mine = pairs.clamped(to: own)
      guard !mine.isEmpty else { return nil }
      return MeasurementRequest(
        tensor: request.tensor,
        codecs: [Codec](
          request.codecs[mine.lowerBound - pairs.lowerBound..<mine.upperBound - pairs.lowerBound]))
    }
  }
}

extension MeasurementRequest {
  /// What each type costs to measure, in nanoseconds of a thread: encoding the rows that are drawn, and with the first type
  /// reading the tensor to draw them.
  fileprivate func costs(sampling: Sampling) -> [Double] {
    let rows = sampling.count(rows: tensor.rows, columns: tensor.columns)
    return codecs.enumerated().map { index, codec in
      Double(rows * tensor.columns) * codec.encodingCost
        + (index == 0 ? Double(tensor.elements) * Codec.readingCost : 0)
    }
  }
}

extension PlanSubject {
  /// A digest of all that is to be measured, which every process of the same work has.
  fileprivate func work(
    _ requests: [MeasurementRequest], _ inputs: PlanInputs
  ) throws -> ContentDigest {
    var hasher = ContentHasher()
    // Raise the number when work is divided in another way.
    hasher.add("ration work 1")
    hasher.add(try ContentDigest(fingerprintOf: source.file))
    for record in [try source.statisticsRecord(), try moments?.record()] {
      hasher.add(record?.digest ?? "none")
    }
    hasher.add(basis.provenance)
    hasher.add(inputs.weighting.rawValue)
    for request in requests {
      hasher.add(request.tensor.name)
      hasher.add(
        UInt64(inputs.sampling.count(rows: request.tensor.rows, columns: request.tensor.columns)))
      for codec in request.codecs {
        hasher.add(UInt64(codec.type.id))
        hasher.add(UInt64(codec.revision))
      }
    }
    return hasher.finish()
  }
}
