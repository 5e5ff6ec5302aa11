import Codecs
import Compensation
import GGUF
import Measurement
import Planning
import Reports
import Synchronization

/// The tensors of an output on their way into its file: those that are there already are kept, the others converted.
///
/// Threads take rows, not tensors, in chunks of bounded size, and statistics are read for the tensors in
/// work alone, so memory does not grow with the model. Each row is encoded by itself, so the bytes do not
/// depend on the threads.
final class OutputWriting: Sendable {
  /// What the source holds, as far as it was read.
  let sources: SourceDigests
  private let output: OutputPlan
  private let source: SourceModel
  private let writer: ModelFileWriter
  private let encoding: Encoding
  private let moments: InputMoments?
  private let session: Session
  private let importance: RecentTensors<[Float]?>
  private let state: Mutex<State>

  private struct State {
    /// Of the tensors that are complete.
    var origins: [ContentDigest?]
    var trials: [ApplyReport.Compensation.Trial] = []
    var resumed = 0
    var takenOver = 0
  }

  init(
    _ output: OutputPlan, of source: SourceModel, to writer: ModelFileWriter, _ encoding: Encoding,
    _ moments: InputMoments?, _ session: Session
  ) {
    self.output = output
    self.source = source
    self.writer = writer
    self.encoding = encoding
    self.moments = moments
    self.session = session
    sources = SourceDigests(of: output.tensors.map(\.source), in: source.file)
    importance = RecentTensors(capacity: session.threads + 1) { tensor in
      try source.metric(of: tensor, unit: encoding.unit).importance
    }
    state = Mutex(State(origins: Array(repeating: nil, count: output.tensors.count)))
  }

  /// What the bytes of each tensor depend on.
  ///
  /// - Precondition: All are complete.
  var origins: [ContentDigest] { state.withLock { $0.origins.compactMap { $0 } } }
  /// How many tensors an earlier run had finished.
  var resumed: Int { state.withLock { $0.resumed } }
  /// How many tensors were taken over from an old file.
  var takenOver: Int { state.withLock { $0.takenOver } }

  /// What compensation was expected to do to the tensors that were made.
  var trials: [ApplyReport.Compensation.Trial] { state.withLock { $0.trials } }

  // MARK: What is there

  /// Keeps the tensors that an earlier run finished, and takes over those that an old file has, where they would come
  /// out the same.
  func takeOver(from old: RecordedModel?) throws {
    let places = writer.tensors.indices.filter {
      writer.hasEarlier($0) || old?.record(of: writer.tensors[$0]) != nil
    }
    guard !places.isEmpty else { return }
    session.progress.begin(
      "checking what is there", total: places.reduce(0) { $0 + writer.tensors[$1].elements },
      of: .weights)
    defer { session.progress.end() }
    try session.forEach(places.count, makeState: {}) { _, item in
      let index = places[item]
      let origin = try origin(of: index)
      if try writer.keepEarlier(index, origin: origin) {
        state.withLock { $0.resumed += 1 }
        note(index, origin)
      } else if let old, try copy(index, from: old, origin) {
        state.withLock { $0.takenOver += 1 }
        note(index, origin)
      }
      session.progress.advance(by: writer.tensors[index].elements)
    }
  }

  /// Copies a tensor from an old file; false where it is another, or no longer what the file says.
  private func copy(
    _ index: Int, from old: RecordedModel, _ origin: ContentDigest
  ) throws -> Bool {
    guard let record = old.record(of: writer.tensors[index]), record.origin == origin else {
      return false
    }
    var hasher = ContentHasher()
    try old.read(record) { piece, _ in
      try session.interruption.check()
      hasher.add(piece)
    }
    guard hasher.finish() == record.digest else {
      session.note(
        "\(old.file.path.escaped): tensor \(writer.tensors[index].name.escaped) is not what the file "
          + "says it is, and is made anew")
      return false
    }
    try old.read(record) { piece, offset in
      try session.interruption.check()
      try writer.write(piece, tensor: index, at: offset)
    }
    guard try writer.complete(index, origin: origin) == record.digest else {
      throw FileError("rely on", old.file.path, .changed)
    }
    return true
  }

  /// What the bytes of a tensor are to depend on; reads its source.
  private func origin(of index: Int) throws -> ContentDigest {
    let type = writer.tensors[index].type
    switch output.tensors[index].content {
    case .bytes(let bytes):
      return ContentDigest(originOf: bytes, type: type)
    case .source(let tensor):
      let content = try sources.read(index, pause: session.interruption.check)
      return try origin(of: type, from: tensor, content)
    }
  }

  private func origin(
    of type: TensorType, from tensor: TensorDescriptor, _ content: ContentDigest
  ) throws -> ContentDigest {
    ContentDigest(
      originOf: type, from: tensor, content: content, encoding,
      importance: type == tensor.type ? nil : try importance.value(of: tensor),
      moments: type != tensor.type && moments?.covers(tensor, as: type) == true
        ? try moments?.digest(of: tensor) : nil)
  }

  private func note(_ index: Int, _ origin: ContentDigest) {
    state.withLock { $0.origins[index] = origin }
  }

  private func isComplete(_ index: Int) -> Bool { state.withLock { $0.origins[index] != nil } }

  // MARK: What is to be made

  /// A stretch of rows of one tensor.
  private struct Item {
    let tensor: Int
    let stretch: Int
    let rows: Range<Int>
  }

  /// Makes all tensors that are not complete.
  func convertRest() throws {
    var items: [Item] = []
    var compensated: [Int] = []
    var total = 0
    for (index, tensor) in output.tensors.enumerated() where !isComplete(index) {
      switch tensor.content {
      case .bytes(let bytes):
        try bytes.withUnsafeBytes { try writer.write($0, tensor: index, at: 0) }
        try complete(index, ContentDigest(originOf: bytes, type: tensor.type))
      case .source(let original)
      where original.type != writer.tensors[index].type
        && moments?.covers(original, as: writer.tensors[index].type) == true:
        compensated.append(index)
        total += original.elements
      case .source(let original):
        for (stretch, rows) in original.stretches.enumerated() {
          items.append(Item(tensor: index, stretch: stretch, rows: rows))
        }
        total += original.elements
      }
    }
    session.progress.begin("quantizing", total: total, of: .weights)
    defer { session.progress.end() }
    let work = items
    try session.forEach(
      work.count,
      makeState: { RowConverter(source: source, weighting: encoding.weighting) }
    ) { converter, number in try convert(work[number], &converter) }
    for index in compensated { try compensate(index) }
  }

  /// Makes a tensor with compensation, where that helps. One slice after the other, so that memory holds the
  /// moments of one.
  private func compensate(_ index: Int) throws {
    guard case .source(let tensor) = output.tensors[index].content, let moments,
      let codec = Codec.of(writer.tensors[index].type)
    else { return }
    let metric = try moments.metric(of: tensor)
    for slice in 0..<tensor.slices {
      try session.interruption.check()
      let slice = CompensatedSlice(
        tensor: tensor, slice: slice, codec: codec, source: source, weighting: encoding.weighting,
        objective: Objective(
          importance: metric.importance, slice: slice, columns: tensor.columns))
      let trial = ApplyReport.Compensation.Trial(
        tensor: tensor.name, share: try slice.trial(moments, metric, on: session.workers))
      state.withLock { $0.trials.append(trial) }
      if trial.helps, let moment = try moments.moment(of: tensor, slice: slice.slice) {
        try compensate(
          slice, of: index,
          moments.factor(moment, moments.metric(of: tensor, slice: slice.slice, metric, moment)))
      } else {
        try convertAlone(slice, of: index, importance: metric.importance)
      }
    }
    try complete(
      index,
      try origin(
        of: codec.type, from: tensor,
        try sources.read(index, pause: session.interruption.check)))
  }

  private func compensate(
    _ slice: CompensatedSlice, of index: Int, _ factor: SecondMomentFactor
  ) throws {
    let target = writer.tensors[index]
    let tiles = slice.rows.tiles(of: CompensatedEncoder.tileRows)
    try session.forEach(
      tiles.count, makeState: { CompensatedConverter(slice, factor) }
    ) { converter, number in
      let rows = tiles[number]
      try writer.write(
        try converter.encode(rows), tensor: index, at: rows.lowerBound * target.rowBytes)
      session.progress.advance(by: rows.count * target.columns)
    }
  }

  private func convertAlone(
    _ slice: CompensatedSlice, of index: Int, importance: [Float]?
  ) throws {
    let target = writer.tensors[index]
    let tiles = slice.rows.tiles(of: max(1, (1 << 18) / target.columns))
    try session.forEach(
      tiles.count,
      makeState: { RowConverter(source: source, weighting: encoding.weighting) }
    ) { converter, number in
      let rows = tiles[number]
      try writer.write(
        try converter.encode(slice.tensor, rows, by: slice.codec, importance: importance),
        tensor: index, at: rows.lowerBound * target.rowBytes)
      session.progress.advance(by: rows.count * target.columns)
    }
  }

  private func convert(_ item: Item, _ converter: inout RowConverter) throws {
    guard case .source(let tensor) = output.tensors[item.tensor].content else { return }
    let target = writer.tensors[item.tensor]
    var content: ContentDigest?
    try converter.convert(
      tensor, item.rows, to: target.type,
      importance: target.type == tensor.type ? nil : try importance.value(of: tensor)
    ) { original, converted in
      try writer.write(
        converted, tensor: item.tensor, at: item.rows.lowerBound * target.rowBytes)
      content = sources.add(original, stretch: item.stretch, of: item.tensor)
    }
    if let content {
      try complete(item.tensor, try origin(of: target.type, from: tensor, content))
    }
    session.progress.advance(by: item.rows.count * tensor.columns)
  }

  private func complete(_ index: Int, _ origin: ContentDigest) throws {
    try writer.complete(index, origin: origin)
    note(index, origin)
  }
}

extension Range<Int> {
  /// Consecutive parts of at most `size`.
  fileprivate func tiles(of size: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: size).map { $0..<Swift.min($0 + size, upperBound) }
  }
}
