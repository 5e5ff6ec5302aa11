import Codecs
import Compensation
import GGUF
import LinearAlgebra
import Measurement
import Statistics
import Threads

/// A slice of a tensor that is encoded in one type with compensation, where that helps.
struct CompensatedSlice {
  let tensor: TensorDescriptor
  let slice: Int
  let codec: Codec
  let source: SourceModel
  let weighting: Weighting
  /// What the rows by themselves are encoded for.
  let objective: Objective

  /// The rows of the slice.
  var rows: Range<Int> { slice * tensor.rowsPerSlice..<(slice + 1) * tensor.rowsPerSlice }

  /// Columns that are looked at in a trial. A factor takes time with the cube of its columns, and what half of the columns
  /// gain is less than what all do: the trial errs to the safe side. (Qwen2.5-Coder-1.5B in IQ4_KSS, two inputs of 8,960
  /// columns: .83 and .80 with all columns coupled, .88 and .84 where two halves are coupled by themselves.)
  private static let trialColumns = 4096

  /// The loss with compensation that one half of the text taught, as a share of that without, both by what the other
  /// half says, on some of the rows and the first columns.
  ///
  /// - Parameter moments: those of each half.
  /// - Returns: nil where a half has no token.
  func trial(
    _ moments: InputMoments, _ whole: LossMetric, on workers: Workers
  ) throws -> Double? {
    let rows = sample
    let columns = min(tensor.columns, Self.trialColumns)
    guard let (metric, factor) = try taught(moments, whole, columns) else { return nil }
    let weights = try read(rows).map { Array($0.prefix(columns)) }
    let errors = [0, 1].map { _ in Matrix(rows: rows.count, columns: columns) }
    workers.forEach(2) {
      if $0 == 0 {
        setErrors(errors[0], compensating: weights, by: factor)
      } else {
        setErrors(errors[1], of: weights)
      }
    }
    guard let other = try moments.moment(of: tensor, slice: slice, half: 1) else { return nil }
    let losses = MomentLoss(
      other.matrix(ofFirst: columns), importance: metric.importance, coupled: metric.coupled
    ).losses(of: errors, on: workers)
    let counts = rows.map {
      Double(metric.rows[metric.rows.startIndex + $0 - self.rows.lowerBound])
    }
    let sums = losses.map { zip($0, counts).reduce(0) { $0 + $1.0 * $1.1 } }
    return sums[1] > 0 ? sums[0] / sums[1] : nil
  }

  /// What the first half of the text teaches of the first columns; nil where it has no token.
  private func taught(
    _ moments: InputMoments, _ whole: LossMetric, _ columns: Int
  ) throws -> (metric: InputMoments.Metric, factor: SecondMomentFactor)? {
    guard let moment = try moments.moment(of: tensor, slice: slice, half: 0) else { return nil }
    let metric = moments.metric(of: tensor, slice: slice, whole, moment).first(columns)
    return (metric, moments.factor(moment, metric))
  }

  /// What some rows lose: encoded each by itself, Σ h ΔW²; and with compensation, ΔW H ΔWᵀ by the moments of the factor.
  func sampleLosses(
    _ factor: SecondMomentFactor, _ metric: InputMoments.Metric
  ) throws -> (rows: [Int], plain: [Double], compensated: [Double]) {
    let rows = sample
    let weights = try read(rows)
    let errors = Matrix(rows: rows.count, columns: tensor.columns)
    setErrors(errors, of: weights)
    let plain = rows.indices.map { row in
      zip(errors.row(row), metric.importance).reduce(0) {
        $0 + Double($1.0) * Double($1.0) * Double($1.1)
      }
    }
    let encoder = CompensatedEncoder(
      codec, objective: objective, weighting: weighting, factor: factor)
    _ = encode(weights, by: encoder)
    return (rows, plain, encoder.losses())
  }

  /// The weights of some rows.
  private func read(_ rows: [Int]) throws -> [[Float]] {
    let reader = RowReader(source.file, tensor, try source.codec(of: tensor), rows: 1)
    return try rows.map { Array(try reader.read($0..<$0 + 1)[0]) }
  }

  /// Rows spread over the slice, as many as are encoded side by side.
  private var sample: [Int] {
    let count = min(CompensatedEncoder.tileRows, rows.count)
    return (0..<count).map { rows.lowerBound + $0 * rows.count / count }
  }

  /// Sets errors to those of rows that are encoded each by itself.
  private func setErrors(_ errors: Matrix, of weights: [[Float]]) {
    let encoder = codec.encoder(
      columns: errors.columns, objective: objective.first(errors.columns), weighting: weighting)
    let bytes = AlignedBuffer<UInt8>(count: codec.type.rowBytes(columns: errors.columns)!)
    for (row, weights) in weights.enumerated() {
      weights.withUnsafeBufferPointer {
        encoder.encode($0, into: bytes.bytes(bytes.values.count), decoded: errors.row(row))
      }
      errors.subtract(weights, fromRow: row)
    }
  }

  /// Sets errors to those of rows that are encoded with compensation.
  private func setErrors(
    _ errors: Matrix, compensating weights: [[Float]], by factor: SecondMomentFactor
  ) {
    let encoder = CompensatedEncoder(
      codec, objective: objective.first(errors.columns), weighting: weighting, factor: factor)
    let bytes = encode(weights, by: encoder)
    let size = bytes.values.count / weights.count
    for (row, weights) in weights.enumerated() {
      codec.decode(
        UnsafeRawBufferPointer(start: bytes.start + row * size, count: size),
        into: errors.row(row))
      errors.subtract(weights, fromRow: row)
    }
  }

  /// The bytes of rows that are encoded side by side.
  private func encode(
    _ weights: [[Float]], by encoder: CompensatedEncoder
  ) -> AlignedBuffer<UInt8> {
    let values = Matrix(rows: weights.count, columns: weights[0].count)
    for (row, weights) in weights.enumerated() {
      for column in weights.indices { values[row][column] = weights[column] }
    }
    let bytes = AlignedBuffer<UInt8>(
      count: weights.count * codec.type.rowBytes(columns: weights[0].count)!)
    encoder.encode(
      weights.indices.map { UnsafeBufferPointer(values.row($0)) },
      into: bytes.bytes(bytes.values.count))
    return bytes
  }
}

extension Matrix {
  fileprivate func subtract(_ values: [Float], fromRow row: Int) {
    let target = self[row]
    for column in values.indices { target[column] -= values[column] }
  }
}
