import Statistics
import Codecs
import GGUF
import Measurement
import Planning
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
    let metric = try source.metric(of: entry.tensor, unit: basis.measuredUnit)
    let sample = try sample(
      entry.tensor, metric, count: entry.rows, seed: entry.content.seed)
    return try measure(entry.tensor, metric, sample, entry.trials.map(\.codec))
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

  /// Draws the rows to measure; reads the whole tensor once where that is not all of them.
  private func sample(
    _ tensor: TensorDescriptor, _ metric: LossMetric, count: Int, seed: UInt64
  ) throws -> RowSample {
    guard count < tensor.rows else {
      return RowSample(
        energies: [Double](repeating: 0, count: tensor.rows), count: count, seed: seed)
    }
    let codec = try source.codec(of: tensor)
    let step = RowReader.rowsPerItem(tensor)
    let items = (tensor.rows + step - 1) / step
    let energies = Slots(repeating: 0.0, count: tensor.rows)
    try session.forEach(
      items,
      makeState: { RowReader(source.file, tensor, codec, rows: step) }
    ) { reader, item in
      let rows = item * step..<min((item + 1) * step, tensor.rows)
      for (row, x) in zip(rows, try reader.read(rows)) {
        energies[row] = metric.energy(row: row, slice: row / tensor.rowsPerSlice, x)
      }
    }
    return RowSample(energies: energies.values, count: count, seed: seed)
  }

  private func measure(
    _ tensor: TensorDescriptor, _ metric: LossMetric, _ sample: RowSample, _ codecs: [Codec]
  ) throws -> [Distortion] {
    let meters = codecs.map { _ in
      DistortionMeter(sample, rows: tensor.rows, columns: tensor.columns)
    }
    let sourceCodec = try source.codec(of: tensor)
    let step = RowReader.rowsPerItem(tensor)
    let items = (sample.rows.count + step - 1) / step
    try session.forEach(
      items,
      makeState: {
        (
          reader: RowReader(source.file, tensor, sourceCodec, rows: 1),
          trial: RowTrial(codecs, columns: tensor.columns, weighting)
        )
      }
    ) { worker, item in
      var batches = codecs.map { _ in DistortionMeter.Batch(sample) }
      for position in item * step..<min((item + 1) * step, sample.rows.count) {
        let row = sample.rows[position]
        let slice = row / tensor.rowsPerSlice
        let x = try worker.reader.read(row..<row + 1)[0]
        let objective = Objective(
          importance: metric.importance, slice: slice, columns: tensor.columns)
        for index in codecs.indices {
          let y = worker.trial.reconstruct(x, index, objective)
          batches[index].add(
            position: position, metric.loss(row: row, slice: slice, x, y), x, y)
          session.progress.advance(by: tensor.columns)
        }
      }
      for (meter, batch) in zip(meters, batches) { meter.add(batch) }
    }
    return meters.map { $0.result() }
  }
}

/// What the types under trial make of rows, one thread's worth.
private struct RowTrial {
  private let encoders: [RowEncoder]
  private let bytes: AlignedBuffer<UInt8>
  private let decoded: AlignedBuffer<Float>

  init(_ codecs: [Codec], columns: Int, _ weighting: Weighting) {
    encoders = codecs.map { $0.encoder(columns: columns, weighting: weighting) }
    // No type takes more than the four bytes of a float, but for a few of a row's own.
    bytes = AlignedBuffer(count: 4 * columns + 64)
    decoded = AlignedBuffer(count: columns)
  }

  /// What becomes of a row under one of the types; valid until the next call.
  func reconstruct(
    _ x: UnsafeBufferPointer<Float>, _ number: Int, _ objective: Objective
  ) -> UnsafeBufferPointer<Float> {
    let encoder = encoders[number]
    guard let size = encoder.codec.type.rowBytes(columns: x.count) else {
      preconditionFailure("a type that the row length does not allow")
    }
    encoder.objective = objective
    encoder.encode(x, into: bytes.bytes(size), decoded: decoded.values)
    return UnsafeBufferPointer(decoded.values)
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
