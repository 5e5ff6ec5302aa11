import Codecs
import Compensation
import GGUF
import LinearAlgebra
import Measurement
import Statistics

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

  /// The loss with compensation that one half of the text taught, as a share of that without, both by what the other
  /// half says, on some of the rows.
  ///
  /// - Parameter moments: those of each half.
  /// - Returns: nil where a half has no token.
  func trial(_ moments: InputMoments, _ whole: LossMetric) throws -> Double? {
    let rows = sample
    guard let taught = try moments.moment(of: tensor, slice: slice, half: 0) else { return nil }
    let metric = moments.metric(of: tensor, slice: slice, whole, taught)
    let weights = try read(rows)
    let errors = [
      plainErrors(weights), compensatedErrors(weights, moments.factor(taught, metric)),
    ]
    guard let other = try moments.moment(of: tensor, slice: slice, half: 1) else { return nil }
    let losses = MomentLoss(
      Matrix(rows: other.columns, columns: other.columns, in: other.correlations),
      importance: metric.importance, coupled: metric.coupled
    ).losses(of: errors)
    let counts = rows.map {
      Double(metric.rows[metric.rows.startIndex + $0 - self.rows.lowerBound])
    }
    let sums = losses.map { zip($0, counts).reduce(0) { $0 + $1.0 * $1.1 } }
    return sums[0] > 0 ? sums[1] / sums[0] : nil
  }

  /// What some rows lose: encoded each by itself, Σ h ΔW²; and with compensation, ΔW H ΔWᵀ by the moments of the factor.
  func sampleLosses(
    _ factor: SecondMomentFactor, _ metric: InputMoments.Metric
  ) throws -> (rows: [Int], plain: [Double], compensated: [Double]) {
    let rows = sample
    let weights = try read(rows)
    let errors = plainErrors(weights)
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

  private func plainErrors(_ weights: [[Float]]) -> Matrix {
    let encoder = codec.encoder(
      columns: tensor.columns, objective: objective, weighting: weighting)
    let bytes = AlignedBuffer<UInt8>(count: codec.type.rowBytes(columns: tensor.columns)!)
    let decoded = AlignedBuffer<Float>(count: tensor.columns)
    let errors = Matrix(rows: weights.count, columns: tensor.columns)
    for (row, weights) in weights.enumerated() {
      weights.withUnsafeBufferPointer {
        encoder.encode($0, into: bytes.bytes(bytes.values.count), decoded: decoded.values)
      }
      for column in weights.indices { errors[row][column] = decoded[column] - weights[column] }
    }
    return errors
  }

  private func compensatedErrors(
    _ weights: [[Float]], _ factor: SecondMomentFactor
  ) -> Matrix {
    let encoder = CompensatedEncoder(
      codec, objective: objective, weighting: weighting, factor: factor)
    let bytes = encode(weights, by: encoder)
    let size = bytes.values.count / weights.count
    let errors = Matrix(rows: weights.count, columns: tensor.columns)
    let decoded = AlignedBuffer<Float>(count: tensor.columns)
    for (row, weights) in weights.enumerated() {
      codec.decode(
        UnsafeRawBufferPointer(start: bytes.start + row * size, count: size),
        into: decoded.values)
      for column in weights.indices { errors[row][column] = decoded[column] - weights[column] }
    }
    return errors
  }

  /// The bytes of rows that are encoded side by side.
  private func encode(
    _ weights: [[Float]], by encoder: CompensatedEncoder
  ) -> AlignedBuffer<UInt8> {
    let values = Matrix(rows: weights.count, columns: tensor.columns)
    for (row, weights) in weights.enumerated() {
      for column in weights.indices { values[row][column] = weights[column] }
    }
    let bytes = AlignedBuffer<UInt8>(
      count: weights.count * codec.type.rowBytes(columns: tensor.columns)!)
    encoder.encode(
      weights.indices.map { UnsafeBufferPointer(values.row($0)) },
      into: bytes.bytes(bytes.values.count))
    return bytes
  }
}
