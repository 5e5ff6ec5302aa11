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

/// What is known of a tensor under the types that were tried on it.
struct MeasuredTypes {
  /// What the tensor loses under each type that can hold it.
  var distortions: [TensorType: Distortion]
  /// A weight for each of the types that cannot.
  var unable: [TensorType: UnrepresentableWeight]
}

/// Measures what types would cost the tensors of a model, as far as the cache does not know.
struct ModelMeasurement {
  let source: SourceModel
  let cache: MeasurementCache
  let sampling: Sampling
  let basis: LossBasis
  let weighting: Weighting
  /// The second moments that files will be encoded with; nil where every row is encoded by itself.
  var moments: InputMoments?
  let session: Session
  private let cacheFailed = FirstTime()
  private let cacheDamaged = FirstTime()

  /// The distortion of each tensor under each of its types, in the order given; losses are predicted
  /// from what is known, in its unit. Tells once of types that are left out because they cannot hold a tensor.
  func types(of requests: [MeasurementRequest]) throws -> [MeasuredTypes] {
    var types = try session.listingNonFiniteWeights(of: [source.file]) {
      try predicted(requests)
    }
    noteUnable(types)
    for (index, request) in requests.enumerated() {
      for type in types[index].removeUncountable() {
        session.note(
          "the loss of \(request.tensor.name.escaped) under \(type) is beyond what a number can say, so "
            + "\(type) is not tried there")
      }
    }
    return types
  }

  private func predicted(_ requests: [MeasurementRequest]) throws -> [MeasuredTypes] {
    switch basis {
    case .sensitivity(nil), .errors:
      try measured(requests).map { $0.mapDistortions { $0.corrected(for: basis.measuredUnit) } }
    case .reference(let losses, _, let error):
      try predicted(requests, by: losses, error: error) { _ in false }
    case .sensitivity(let rest?):
      try predicted(
        requests, by: rest, error: SensitivityPrior.published.tensorError, source.isSensitive)
    }
  }

  /// The distortion of each tensor under each of its types, from what tensors lose under a reference type. The losses of
  /// tensors that have row sensitivities stand, and give the level of the others.
  private func predicted(
    _ requests: [MeasurementRequest], by losses: ReferenceLosses, error: Double,
    _ isSensitive: (TensorDescriptor) -> Bool
  ) throws -> [MeasuredTypes] {
    let errors = try measured(requests.map { Self.widened($0, by: losses) }).map {
      $0.mapDistortions { $0.corrected(for: .nats) }
    }
    let scales = losses.scales(
      of: zip(requests, errors).map {
        ReferenceLosses.MeasuredErrors(
          tensor: $0.tensor.name, errors: $1.distortions.mapValues(\.loss))
      })
    let isKnown = requests.map { isSensitive($0.tensor) }
    let level =
      zip(isKnown, scales).compactMap { $0 && $1 > 0 ? 1 / $1 : nil }.median ?? 1
    return requests.indices.map { index in
      let types = errors[index].limited(to: Set(requests[index].codecs.map(\.type)))
      return isKnown[index]
        ? types
        : types.mapDistortions { $0.scaled(by: level * scales[index], relativeError: error) }
    }
  }

  /// What is measured to predict from what tensors lose under a reference type: to be compared with, the error under that
  /// type as well.
  private static func widened(
    _ request: MeasurementRequest, by losses: ReferenceLosses
  ) -> MeasurementRequest {
    let isMissing =
      TensorShape(request.tensor.shape).allows(losses.type)
      && request.tensor.type != losses.type
      && !request.codecs.contains { $0.type == losses.type }
    return MeasurementRequest(
      tensor: request.tensor,
      codecs: request.codecs + (isMissing ? [Codec.of(losses.type)!] : []))
  }

  /// What `types(of:)` measures.
  func measured(for requests: [MeasurementRequest]) -> [MeasurementRequest] {
    switch basis {
    case .sensitivity(nil), .errors: requests
    case .reference(let losses, _, _), .sensitivity(let losses?):
      requests.map { Self.widened($0, by: losses) }
    }
  }

  /// Tells of the types that cannot hold a tensor.
  private func noteUnable(_ types: [MeasuredTypes]) {
    let affected = types.filter { !$0.unable.isEmpty }
    guard let first = affected.first,
      let weight = first.unable.values.min(by: { $0.type.id < $1.type.id })
    else { return }
    let names = Set(affected.flatMap { $0.unable.keys }).sorted { $0.id < $1.id }.map(\.name)
    let others =
      affected.count > 1 ? ", and \(affected.count - 1) more tensors have such weights" : ""
    session.note(
      "\(weight)\(others); types are not tried where they cannot hold the weights: \(names.summary)"
    )
  }

  /// The distortion of each tensor under each of its types as it is measured.
  private func measured(_ requests: [MeasurementRequest]) throws -> [MeasuredTypes] {
    let list = try list(of: requests)
    let results = try run(list)
    return list.entries.map { entry in
      var types = MeasuredTypes(distortions: [:], unable: [:])
      for trial in entry.trials {
        switch results[trial.key]! {
        case .measured(let distortion): types.distortions[trial.codec.type] = distortion
        case .beyondReach(let weight): types.unable[trial.codec.type] = weight
        }
      }
      return types
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
          moments: moments?.covers(tensor.name) == true ? try moments?.digest(of: tensor) : nil,
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
    let unread = tensors.indices.filter { known[$0] == nil }
    guard !unread.isEmpty else { return known.compactMap { $0 } }
    session.progress.begin(
      "reading", total: unread.reduce(0) { $0 + tensors[$1].elements }, of: .weights)
    defer { session.progress.end() }
    let digests = Mutex([Int: ContentDigest]())
    try session.forEach(unread.count, makeState: {}) { _, item in
      let index = unread[item]
      let digest = try digest(of: tensors[index])
      digests.withLock { $0[index] = digest }
    }
    return tensors.indices.map { index in known[index] ?? digests.withLock { $0[index]! } }
  }

  private func place(of tensor: TensorDescriptor) throws -> MeasurementCache.Place {
    let stamp = try FileStamp(path: source.file.shardPaths[tensor.shard])
    return MeasurementCache.Place(
      identity: stamp.identity, offset: tensor.offset, length: tensor.byteCount)
  }

  /// Reads a tensor, for the digest of its content, which the cache then keeps.
  private func digest(of tensor: TensorDescriptor) throws -> ContentDigest {
    let place = try place(of: tensor)
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
    // What changed while it was read has no digest worth keeping.
    if try self.place(of: tensor) == place { attempt { try cache.store(key, at: place) } }
    return key
  }

  // MARK: The act

  /// The results of a list, or of a part of one, by their keys. What the cache knows is not measured again.
  func run(_ list: MeasurementList) throws -> [ContentDigest: TrialResult] {
    session.progress.begin("measuring", total: list.weights, of: .weights)
    defer { session.progress.end() }
    var results: [ContentDigest: TrialResult] = [:]
    for entry in list.entries {
      try session.interruption.check()
      let keys = entry.trials.map(\.key)
      let known = attempt { try cache.distortions(of: keys) } ?? [:]
      for (key, distortion) in known { results[key] = .measured(distortion) }
      for _ in known { session.progress.advance(by: entry.rows * entry.tensor.columns) }
      guard let rest = MeasurementList([entry]).removing(Set(known.keys)).entries.first else {
        continue
      }
      var distortions: [(ContentDigest, Codec, Distortion)] = []
      for (trial, result) in zip(rest.trials, try measure(rest)) {
        results[trial.key] = result
        // That a type cannot hold a tensor is no figure to remember.
        if case .measured(let distortion) = result {
          distortions.append((trial.key, trial.codec, distortion))
        }
      }
      attempt { try cache.store(distortions, tensor: entry.tensor.name) }
    }
    try checkUnchanged(list)
    return results
  }

  /// Checks that the files are still those that were opened. Where only a look at the contents tells, those of the
  /// tensors that were measured are looked at again.
  private func checkUnchanged(_ list: MeasurementList) throws {
    do {
      try source.checkUnchanged()
    } catch let error as FileError where error.reason == .touched {
      for entry in list.entries {
        guard try digest(of: entry.tensor) == entry.content else {
          throw FileError(error.operation, error.path, .changed)
        }
      }
      try source.statistics?.file.checkUnchanged()
    }
  }

  private func measure(_ entry: MeasurementList.Entry) throws -> [TrialResult] {
    let measurement = TensorMeasurement(
      source: source, tensor: entry.tensor,
      metric: try source.metric(of: entry.tensor, unit: basis.measuredUnit),
      weighting: weighting, session: session)
    let results = try measurement.results(
      of: measurement.draw(count: entry.rows, seed: entry.content.seed),
      under: entry.trials.map(\.codec))
    return try compensated(results, of: entry, measurement.metric)
  }

  /// Results as they are with compensation, where the files will have it.
  private func compensated(
    _ results: [TrialResult], of entry: MeasurementList.Entry, _ metric: LossMetric
  ) throws -> [TrialResult] {
    let places = results.indices.filter {
      moments?.covers(entry.tensor, as: entry.trials[$0].codec.type) == true
    }
    // What is only compared with a measurement made elsewhere stays as it would be there.
    if case .reference = basis { return results }
    guard let moments, !places.isEmpty else { return results }
    let shares = try CompensationShare(
      source: source, tensor: entry.tensor, metric: metric, weighting: weighting,
      moments: moments, session: session
    ).shares(under: places.map { entry.trials[$0].codec })
    var compensated = results
    for (place, share) in zip(places, shares) {
      guard case .measured(let distortion) = results[place] else { continue }
      compensated[place] = .measured(distortion.compensated(to: share))
    }
    return compensated
  }

  /// Uses the cache. Where its disk is full or fails, the work goes on without it.
  @discardableResult
  private func attempt<Result>(_ use: () throws -> Result) -> Result? {
    guard !cacheFailed.isOver else { return nil }
    do {
      let result = try use()
      if cache.hasDamagedRows, cacheDamaged.claim() {
        session.note(
          "the cache has rows that are not as they were stored; what they say is measured anew")
      }
      return result
    } catch {
      if cacheFailed.claim() {
        session.note("the cache cannot be used (\(error)); measurements are not kept")
      }
      return nil
    }
  }
}

extension MeasuredTypes {
  func mapDistortions(_ transform: (Distortion) -> Distortion) -> MeasuredTypes {
    MeasuredTypes(distortions: distortions.mapValues(transform), unable: unable)
  }

  /// Takes out the types whose loss is infinite or NaN, and returns them.
  fileprivate mutating func removeUncountable() -> [TensorType] {
    let types = distortions.filter { !$1.loss.isFinite || !$1.lossVariance.isFinite }.keys
      .sorted { $0.id < $1.id }
    for type in types { distortions[type] = nil }
    return types
  }

  fileprivate func limited(to types: Set<TensorType>) -> MeasuredTypes {
    MeasuredTypes(
      distortions: distortions.filter { types.contains($0.key) },
      unable: unable.filter { types.contains($0.key) })
  }
}

extension FileStamp {
  /// What changes with the file, as a text.
  fileprivate var identity: String {
    let times = [modified, changed].map { "\($0.seconds).\($0.nanoseconds)" }
    return "\(device) \(inode) \(size) \(times.joined(separator: " "))"
  }
}

/// Tells the first call from all others.
private final class FirstTime: Sendable {
  private let claimed = Atomic<Bool>(false)

  /// Whether there has been a call.
  var isOver: Bool { claimed.load(ordering: .relaxed) }

  func claim() -> Bool { !claimed.exchange(true, ordering: .relaxed) }
}
