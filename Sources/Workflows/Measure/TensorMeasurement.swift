import Codecs
import GGUF
import Measurement

/// Measures what types cost one tensor, all threads at work on its rows.
struct TensorMeasurement {
  let source: SourceModel
  let tensor: TensorDescriptor
  let metric: LossMetric
  let weighting: Weighting
  let session: Session

  /// Draws the rows to measure; reads the whole tensor once where that is not all of them.
  ///
  /// - Parameter seed: what the draw depends on, beside the weights.
  func sample(count: Int, seed: UInt64) throws -> RowSample {
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

  /// Encodes and decodes the rows of a sample in each type.
  func distortions(of sample: RowSample, under codecs: [Codec]) throws -> [Distortion] {
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
