import Codecs
import GGUF
import Measurement
import Synchronization

/// What came of trying a type on a tensor.
enum TrialResult {
  /// What the tensor loses under it.
  case measured(Distortion)
  /// The type cannot hold a weight of the tensor.
  case beyondReach(UnrepresentableWeight)
}

/// Measures what types cost one tensor, all threads at work on its rows.
struct TensorMeasurement {
  let source: SourceModel
  let tensor: TensorDescriptor
  let metric: LossMetric
  let weighting: Weighting
  let session: Session

  /// Rows of a tensor to try types on.
  struct Draw {
    /// Those that are measured.
    let sample: RowSample
    /// Others, with weights that some types may be unable to hold.
    let extremes: [Int]
  }

  /// The least weight that any type is unable to hold: each has scales up to the largest half at least.
  private static let leastLimit: Float = 65504

  /// Draws the rows to try; reads the whole tensor once where that is not all of them.
  ///
  /// - Parameter seed: what the draw depends on, beside the weights.
  func draw(count: Int, seed: UInt64) throws -> Draw {
    guard count < tensor.rows else {
      let energies = [Double](repeating: 0, count: tensor.rows)
      return Draw(
        sample: RowSample(energies: energies, count: count, seed: seed), extremes: [])
    }
    let codec = try source.codec(of: tensor)
    let step = RowReader.rowsPerItem(tensor)
    let items = (tensor.rows + step - 1) / step
    let energies = Slots(repeating: 0.0, count: tensor.rows)
    let isExtreme = Slots(repeating: false, count: tensor.rows)
    try session.forEach(
      items,
      makeState: { RowReader(source.file, tensor, codec, rows: step) }
    ) { reader, item in
      let rows = item * step..<min((item + 1) * step, tensor.rows)
      for (row, x) in zip(rows, try reader.read(rows)) {
        energies[row] = metric.energy(row: row, slice: row / tensor.rowsPerSlice, x)
        isExtreme[row] = x.contains { abs($0) > Self.leastLimit }
      }
    }
    let sample = RowSample(energies: energies.values, count: count, seed: seed)
    let drawn = Set(sample.rows)
    return Draw(
      sample: sample,
      extremes: isExtreme.values.indices.filter { isExtreme[$0] && !drawn.contains($0) })
  }

  /// Encodes and decodes the rows of a draw in each type.
  func results(of draw: Draw, under codecs: [Codec]) throws -> [TrialResult] {
    let sample = draw.sample
    let meters = codecs.map { _ in
      DistortionMeter(sample, rows: tensor.rows, columns: tensor.columns)
    }
    let sourceCodec = try source.codec(of: tensor)
    // The rows that are measured, by their positions in the sample, and behind them the others.
    let rows = sample.rows + draw.extremes
    let step = RowReader.rowsPerItem(tensor)
    let items = (rows.count + step - 1) / step
    let failures = Mutex([UnrepresentableWeight?](repeating: nil, count: codecs.count))
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
      for position in item * step..<min((item + 1) * step, rows.count) {
        let row = rows[position]
        let slice = row / tensor.rowsPerSlice
        let x = try worker.reader.read(row..<row + 1)[0]
        let objective = Objective(
          importance: metric.importance, slice: slice, columns: tensor.columns)
        for index in codecs.indices {
          let (y, failure) = worker.trial.reconstruct(x, index, objective)
          if let column = failure {
            let weight = UnrepresentableWeight(
              tensor: tensor.name, row: row, column: column, value: x[column],
              type: codecs[index].type)
            failures.withLock { $0[index] = $0[index].map { $0.row < row ? $0 : weight } ?? weight }
          }
          guard position < sample.rows.count else { continue }
          batches[index].add(
            position: position, metric.loss(row: row, slice: slice, x, y), x, y)
          session.progress.advance(by: tensor.columns)
        }
      }
      for (meter, batch) in zip(meters, batches) { meter.add(batch) }
    }
    return zip(meters, failures.withLock { $0 }).map { meter, failure in
      failure.map(TrialResult.beyondReach) ?? .measured(meter.result())
    }
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

  /// What becomes of a row under one of the types, valid until the next call, and the column of a weight that the
  /// type cannot hold, if there is one.
  func reconstruct(
    _ x: UnsafeBufferPointer<Float>, _ number: Int, _ objective: Objective
  ) -> (UnsafeBufferPointer<Float>, failure: Int?) {
    let encoder = encoders[number]
    guard let size = encoder.codec.type.rowBytes(columns: x.count) else {
      preconditionFailure("a type that the row length does not allow")
    }
    encoder.objective = objective
    encoder.encode(x, into: bytes.bytes(size), decoded: decoded.values)
    let y = UnsafeBufferPointer(decoded.values)
    return (y, encoder.firstBeyondReach(of: x, y))
  }
}
