import Statistics
import Codecs
import GGUF
import Measurement
import Planning
import Synchronization

/// Measures what types would cost the tensors of a model, as far as the cache does not know.
struct ModelMeasurement {
  let source: SourceModel
  let cache: MeasurementCache
  let sampling: Sampling
  let knowledge: Knowledge
  let weighting: Weighting
  let session: Session
  private let cacheFailed = FirstTime()

  /// The distortion of each tensor under each of its types, in the order given; losses are predicted
  /// from what is known, in its unit.
  func distortions(
    of requests: [(tensor: TensorDescriptor, codecs: [Codec])]
  ) throws -> [[TensorType: Distortion]] {
    guard case .reference(let losses, _, let error) = knowledge else {
      return try measured(requests).map {
        $0.mapValues { $0.corrected(for: knowledge.measuredUnit) }
      }
    }
    // To be compared with, the error under the reference type is measured as well.
    let widened = requests.map { tensor, codecs in
      let isMissing =
        TensorShape(tensor.shape).allows(losses.type) && tensor.type != losses.type
        && !codecs.contains { $0.type == losses.type }
      return (tensor: tensor, codecs: codecs + (isMissing ? [Codec.of(losses.type)!] : []))
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
  private func measured(
    _ requests: [(tensor: TensorDescriptor, codecs: [Codec])]
  ) throws -> [[TensorType: Distortion]] {
    let total = requests.reduce(0) { sum, request in
      let rows = sampling.count(rows: request.tensor.rows, columns: request.tensor.columns)
      return sum + rows * request.tensor.columns * request.codecs.count
    }
    session.progress.begin("measuring", total: total, of: .weights)
    defer { session.progress.end() }
    let results = try requests.map { try distortions(of: $0.tensor, under: $0.codecs) }
    try source.file.checkUnchanged()
    return results
  }

  private func distortions(
    of tensor: TensorDescriptor, under codecs: [Codec]
  ) throws -> [TensorType: Distortion] {
    try session.interruption.check()
    let weights = try source.weights(of: tensor, unit: knowledge.measuredUnit)
    let content = try digest(of: tensor)
    let count = sampling.count(rows: tensor.rows, columns: tensor.columns)
    let weightsKey = weights.key
    let keys = codecs.map {
      ContentKey(
        content: content, weights: weightsKey, codec: $0, weighting: weighting, rows: count)
    }
    let known = attempt { try cache.distortions(of: keys) } ?? [:]
    var result: [TensorType: Distortion] = [:]
    var missing: [(key: ContentKey, codec: Codec)] = []
    for (key, codec) in zip(keys, codecs) {
      if let distortion = known[key] {
        result[codec.type] = distortion
        session.progress.advance(by: count * tensor.columns)
      } else {
        missing.append((key, codec))
      }
    }
    guard !missing.isEmpty else { return result }

    let sample = try sample(tensor, weights, count: count, seed: content.seed)
    let measured = try measure(tensor, weights, sample, missing.map(\.codec))
    for (item, distortion) in zip(missing, measured) { result[item.codec.type] = distortion }
    attempt {
      try cache.store(
        zip(missing, measured).map { ($0.key, $0.codec, $1) }, tensor: tensor.name)
    }
    return result
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

  /// The digest of a tensor's content, from the cache where its file is unchanged.
  private func digest(of tensor: TensorDescriptor) throws -> ContentKey {
    let stamp = try FileStamp(path: source.file.shardPaths[tensor.shard])
    let place = MeasurementCache.Place(
      identity: stamp.identity, offset: tensor.offset, length: tensor.byteCount)
    if let known = attempt({ try cache.digest(at: place) }) ?? nil { return known }
    var digest = TensorDigest(tensor)
    let chunk = 4 << 20
    let buffer = AlignedBuffer<UInt8>(count: min(chunk, tensor.byteCount))
    for start in stride(from: 0, to: tensor.byteCount, by: chunk) {
      try session.interruption.check()
      let range = start..<min(start + chunk, tensor.byteCount)
      try source.file.read(tensor, byteRange: range, into: buffer.bytes(range.count))
      digest.update(UnsafeRawBufferPointer(buffer.bytes(range.count)))
    }
    let key = digest.finish()
    attempt { try cache.store(key, at: place) }
    return key
  }

  /// Draws the rows to measure; reads the whole tensor once where that is not all of them.
  private func sample(
    _ tensor: TensorDescriptor, _ weights: LossWeights, count: Int, seed: UInt64
  ) throws -> RowSample {
    guard count < tensor.rows else {
      return RowSample(
        energies: [Double](repeating: 0, count: tensor.rows), count: count, seed: seed)
    }
    let codec = try source.codec(of: tensor)
    let step = WeightReader.rowsPerItem(tensor)
    let items = (tensor.rows + step - 1) / step
    let energies = Slots(repeating: 0.0, count: tensor.rows)
    try Parallel.forEach(
      items, session,
      makeWorker: { WeightReader(source.file, tensor, codec, rows: step) }
    ) { reader, item in
      let rows = item * step..<min((item + 1) * step, tensor.rows)
      for (row, x) in zip(rows, try reader.read(rows)) {
        energies[row] = weights.energy(row: row, slice: row / tensor.rowsPerSlice, x)
      }
    }
    return RowSample(energies: energies.values, count: count, seed: seed)
  }

  private func measure(
    _ tensor: TensorDescriptor, _ weights: LossWeights, _ sample: RowSample, _ codecs: [Codec]
  ) throws -> [Distortion] {
    let meters = codecs.map { _ in
      DistortionMeter(sample, rows: tensor.rows, columns: tensor.columns)
    }
    let sourceCodec = try source.codec(of: tensor)
    let step = WeightReader.rowsPerItem(tensor)
    let items = (sample.rows.count + step - 1) / step
    try Parallel.forEach(
      items, session,
      makeWorker: {
        (
          reader: WeightReader(source.file, tensor, sourceCodec, rows: 1),
          trial: RowTrial(columns: tensor.columns)
        )
      }
    ) { worker, item in
      var batches = codecs.map { _ in DistortionMeter.Batch(sample) }
      for position in item * step..<min((item + 1) * step, sample.rows.count) {
        let row = sample.rows[position]
        let slice = row / tensor.rowsPerSlice
        let x = try worker.reader.read(row..<row + 1)[0]
        for (index, codec) in codecs.enumerated() {
          let y = worker.trial.reconstruct(
            x, codec, weights.importance, slice: slice, weighting)
          batches[index].add(
            position: position, weights.loss(row: row, slice: slice, x, y), x, y)
          session.progress.advance(by: tensor.columns)
        }
      }
      for (meter, batch) in zip(meters, batches) { meter.add(batch) }
    }
    return meters.map { $0.result() }
  }
}

/// Encodes and decodes a row, one thread's worth.
private struct RowTrial {
  private let bytes: AlignedBuffer<UInt8>
  private let decoded: AlignedBuffer<Float>

  init(columns: Int) {
    // No type takes more than the four bytes of a float, but for a few of a row's own.
    bytes = AlignedBuffer(count: 4 * columns + 64)
    decoded = AlignedBuffer(count: columns)
  }

  /// What becomes of a row; valid until the next call.
  func reconstruct(
    _ x: UnsafeBufferPointer<Float>, _ codec: Codec, _ importance: [Float]?, slice: Int,
    _ weighting: Weighting
  ) -> UnsafeBufferPointer<Float> {
    guard let size = codec.type.rowBytes(columns: x.count) else {
      preconditionFailure("a type that the row length does not allow")
    }
    let row = bytes.bytes(size)
    codec.encode(x, importance: importance, slice: slice, weighting: weighting, into: row)
    let target = decoded.prefix(x.count)
    codec.decode(UnsafeRawBufferPointer(row), into: target)
    return UnsafeBufferPointer(target)
  }
}

extension Codec {
  /// Encodes a row of a slice, given the importances of all slices.
  func encode(
    _ weights: UnsafeBufferPointer<Float>, importance: [Float]?, slice: Int,
    weighting: Weighting, into row: UnsafeMutableRawBufferPointer
  ) {
    guard let importance else {
      encode(weights, importance: nil, weighting: weighting, into: row)
      return
    }
    importance.withUnsafeBufferPointer { importance in
      let start = slice * weights.count
      let columns = UnsafeBufferPointer(rebasing: importance[start..<start + weights.count])
      encode(weights, importance: columns, weighting: weighting, into: row)
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
