import Codecs
import GGUF
import Measurement
import Planning
import Statistics
import Synchronization

/// A tensor, and the types that are to be tried on it.
struct MeasurementRequest {
  let tensor: TensorDescriptor
  let codecs: [Codec]
}

/// Measures what types would cost the tensors of a model, as far as the cache does not know.
struct ModelMeasurement {
  let source: SourceModel
  let cache: MeasurementCache
  let sampling: Sampling
  let basis: LossBasis
  let weighting: Weighting
  let session: Session
  private let cacheFailed = FirstTime()

  /// The distortion of each tensor under each of its types, in the order given; losses are predicted
  /// from what is known, in its unit.
  func distortions(of requests: [MeasurementRequest]) throws -> [[TensorType: Distortion]] {
    guard case .reference(let losses, _, let error) = basis else {
      return try measured(requests).map {
        $0.mapValues { $0.corrected(for: basis.measuredUnit) }
      }
    }
    // To be compared with, the error under the reference type is measured as well.
    let widened = requests.map { request in
      let isMissing =
        TensorShape(request.tensor.shape).allows(losses.type)
        && request.tensor.type != losses.type
        && !request.codecs.contains { $0.type == losses.type }
      return MeasurementRequest(
        tensor: request.tensor,
        codecs: request.codecs + (isMissing ? [Codec.of(losses.type)!] : []))
    }
    let errors = try measured(widened).map { $0.mapValues { $0.corrected(for: .nats) } }
    let scales = losses.scales(
      of: zip(requests, errors).map {
        ReferenceLosses.MeasuredErrors(tensor: $0.tensor.name, errors: $1.mapValues(\.loss))
      })
    return zip(zip(requests, errors), scales).map { item, scale in
      let types = Set(item.0.codecs.map(\.type))
      return item.1.filter { types.contains($0.key) }
        .mapValues { $0.scaled(by: scale ?? 0, relativeError: error) }
    }
  }

  /// The distortion of each tensor under each of its types as it is measured.
  private func measured(_ requests: [MeasurementRequest]) throws -> [[TensorType: Distortion]] {
    let list = try list(of: requests)
    let distortions = try run(list)
    return list.entries.map { entry in
      Dictionary(
        uniqueKeysWithValues: entry.trials.map { ($0.codec.type, distortions[$0.key]!) })
    }
  }

  // MARK: The list

  /// What there is to measure, an entry for each request. Contents that the cache has no digest of are
  /// read once.
  func list(of requests: [MeasurementRequest]) throws -> MeasurementList {
    let contents = try contents(of: requests.map(\.tensor))
    return MeasurementList(
      try zip(requests, contents).map { request, content in
        let tensor = request.tensor
        return MeasurementList.Entry(
          tensor, content: content,
          metric: try source.metric(of: tensor, unit: basis.measuredUnit).key,
          weighting: weighting,
          rows: sampling.count(rows: tensor.rows, columns: tensor.columns),
          codecs: request.codecs)
      })
  }

  /// The digests of the contents of tensors, from the cache where their file is unchanged.
  private func contents(of tensors: [TensorDescriptor]) throws -> [ContentDigest] {
    var known: [ContentDigest?] = []
    for tensor in tensors {
      let place = try place(of: tensor)
      known.append(attempt { try cache.digest(at: place) } ?? nil)
    }
    let unread = zip(tensors, known).reduce(0) { $0 + ($1.1 == nil ? $1.0.elements : 0) }
    if unread > 0 { session.progress.begin("reading", total: unread, of: .weights) }
    defer { if unread > 0 { session.progress.end() } }
    return try zip(tensors, known).map { try $1 ?? digest(of: $0) }
  }

  private func place(of tensor: TensorDescriptor) throws -> MeasurementCache.Place {
    let stamp = try FileStamp(path: source.file.shardPaths[tensor.shard])
    return MeasurementCache.Place(
      identity: stamp.identity, offset: tensor.offset, length: tensor.byteCount)
  }

  /// Reads a tensor, for the digest of its content, which the cache then keeps.
  private func digest(of tensor: TensorDescriptor) throws -> ContentDigest {
    var digest = TensorDigest(tensor)
    let chunk = 4 << 20
    let buffer = AlignedBuffer<UInt8>(count: min(chunk, tensor.byteCount))
    var reported = 0
    for start in stride(from: 0, to: tensor.byteCount, by: chunk) {
      try session.interruption.check()
      let range = start..<min(start + chunk, tensor.byteCount)
      try source.file.read(tensor, byteRange: range, into: buffer.bytes(range.count))
      digest.update(UnsafeRawBufferPointer(buffer.bytes(range.count)))
      let share = Double(range.upperBound) / Double(tensor.byteCount)
      let done = Int(Double(tensor.elements) * share)
      session.progress.advance(by: done - reported)
      reported = done
    }
    let key = digest.finish()
    let place = try place(of: tensor)
    attempt { try cache.store(key, at: place) }
    return key
  }

  // MARK: The act

  /// The results of a list, or of a part of one, by their keys. What the cache knows is not measured again.
  func run(_ list: MeasurementList) throws -> [ContentDigest: Distortion] {
    session.progress.begin("measuring", total: list.weights, of: .weights)
    defer { session.progress.end() }
    var results: [ContentDigest: Distortion] = [:]
    for entry in list.entries {
      try session.interruption.check()
      let keys = entry.trials.map(\.key)
      let known = attempt { try cache.distortions(of: keys) } ?? [:]
      results.merge(known) { $1 }
      for _ in known { session.progress.advance(by: entry.rows * entry.tensor.columns) }
      guard let rest = MeasurementList([entry]).removing(Set(known.keys)).entries.first else {
        continue
      }
      let measured = try measure(rest)
      for (trial, distortion) in zip(rest.trials, measured) { results[trial.key] = distortion }
      attempt {
        try cache.store(
          zip(rest.trials, measured).map { ($0.key, $0.codec, $1) }, tensor: entry.tensor.name)
      }
    }
    try source.checkUnchanged()
    return results
  }

  private func measure(_ entry: MeasurementList.Entry) throws -> [Distortion] {
    let measurement = TensorMeasurement(
      source: source, tensor: entry.tensor,
      metric: try source.metric(of: entry.tensor, unit: basis.measuredUnit),
      weighting: weighting, session: session)
    return try measurement.distortions(
      of: measurement.sample(count: entry.rows, seed: entry.content.seed),
      under: entry.trials.map(\.codec))
  }

  /// Uses the cache. Where its disk is full or fails, the work goes on without it.
  @discardableResult
  private func attempt<Result>(_ use: () throws -> Result) -> Result? {
    do {
      return try use()
    } catch {
      if cacheFailed.claim() {
        session.note("the cache cannot be used (\(error)); measurements are not kept")
      }
      return nil
    }
  }
}

extension FileStamp {
  /// What changes with the file, as a text.
  fileprivate var identity: String {
    "\(device) \(inode) \(size) \(modifiedSeconds).\(modifiedNanoseconds)"
  }
}

/// Tells the first call from all others.
private final class FirstTime: Sendable {
  private let isOver = Atomic<Bool>(false)

  func claim() -> Bool { !isOver.exchange(true, ordering: .relaxed) }
}
