import GGUF
import Measurement
import Statistics
import TestSupport

extension SeededGenerator {
  /// A number of mean 0 and variance 1, normally distributed but for its tails: it is a sum of
  /// twelve uniform ones.
  mutating func normal() -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
  }

  /// Numbers of either sign over some orders of magnitude.
  mutating func weights(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      let number = normal()
      return Float(0.05 * number * abs(number))
    }
  }

  /// Positive numbers over some orders of magnitude.
  mutating func positives(_ count: Int) -> [Float] {
    (0..<count).map { _ in 1 / Float.random(in: 0.01...1, using: &self) }
  }
}

/// A tensor with weights, and what they became.
struct TensorFixture {
  let descriptor: TensorDescriptor
  let x: [Float]
  let y: [Float]

  init(_ shape: [Int], seed: UInt64) throws {
    descriptor = try TensorDescriptor(name: "blk.0.ffn_up.weight", shape: shape, type: .F32)
    var random = SeededGenerator(seed: seed)
    let weights = random.weights(descriptor.elements)
    x = weights
    y = weights.map { $0 + Float(0.004 * random.normal()) }
  }

  private init(_ descriptor: TensorDescriptor, x: [Float], y: [Float]) {
    (self.descriptor, self.x, self.y) = (descriptor, x, y)
  }

  /// The same with each row of weights, and of what they became, times a factor.
  func scaled(rows factors: [Float]) -> TensorFixture {
    let scale = { (values: [Float]) in
      values.enumerated().map { factors[$0.offset / columns] * $0.element }
    }
    return TensorFixture(descriptor, x: scale(x), y: scale(y))
  }

  var rows: Int { descriptor.rows }
  var columns: Int { descriptor.columns }

  /// A row as it was and as it became.
  func row<Result>(
    _ row: Int,
    _ body: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) -> Result
  ) -> Result {
    let range = row * columns..<(row + 1) * columns
    return x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        body(
          UnsafeBufferPointer(rebasing: x[range]), UnsafeBufferPointer(rebasing: y[range]))
      }
    }
  }

  /// Σ_i rows_i Σ_j columns_j ΔW_ij², in plain loops; `columns` are given for each slice.
  func loss(rows g: [Double], columns h: [Float]) -> Double {
    var sum = 0.0
    for row in 0..<rows {
      let slice = row / descriptor.rowsPerSlice
      for column in 0..<columns {
        let difference = Double(x[row * columns + column]) - Double(y[row * columns + column])
        sum += g[row] * Double(h[slice * columns + column]) * difference * difference
      }
    }
    return sum
  }

  /// What a meter makes of the rows of a sample, handed over in batches of these positions.
  func measured(
    _ sample: RowSample, _ weights: LossMetric, batches: [[Int]]? = nil
  ) -> Distortion {
    let meter = DistortionMeter(sample, rows: rows, columns: columns)
    for positions in batches ?? [Array(sample.rows.indices)] {
      var batch = DistortionMeter.Batch(sample)
      for position in positions {
        let number = sample.rows[position]
        row(number) { x, y in
          let slice = number / descriptor.rowsPerSlice
          batch.add(
            position: position, weights.loss(row: number, slice: slice, x, y), x, y)
        }
      }
      meter.add(batch)
    }
    return meter.result()
  }

  /// The energies of all rows.
  func energies(_ weights: LossMetric) -> [Double] {
    (0..<rows).map { number in
      row(number) { x, _ in
        weights.energy(row: number, slice: number / descriptor.rowsPerSlice, x)
      }
    }
  }

  /// Every row.
  var all: RowSample {
    RowSample(energies: [Double](repeating: 0, count: rows), count: rows, seed: 0)
  }

  /// Weights of a matrix with these statistics.
  func matrixWeights(
    _ statistics: TensorStatistics?, unit: LossUnit, totalTokens: Double = 0
  ) -> LossMetric {
    LossMetric(
      of: descriptor, statistics, use: .matrix, totalTokens: totalTokens, unit: unit)
  }
}

/// Whether two numbers agree to single precision.
func isClose(_ a: Double, _ b: Double, within tolerance: Double = 1e-5) -> Bool {
  abs(a - b) <= tolerance * max(abs(a), abs(b))
}
