import Measurement
import Statistics
import Testing
import TestSupport

@Suite struct DistortionMeterTests {
  let fixture: TensorFixture
  let weights: LossMetric

  init() throws {
    fixture = try TensorFixture([192, 300], seed: 11)
    weights = fixture.matrixWeights(
      LossMetricTests.statistics(fixture.descriptor, seed: 12), unit: .nats)
  }

  @Test func theFiguresOfAFullMeasurementAreThoseOfPlainLoops() {
    let distortion = fixture.measured(fixture.all, weights)
    let h = weights.terms[0].columns.map(Double.init)
    var (error, weightedError, weightedEnergy, largest) = (0.0, 0.0, 0.0, 0.0)
    for (index, (x, y)) in zip(fixture.x, fixture.y).enumerated() {
      let difference = Double(x) - Double(y)
      error += difference * difference
      weightedError += h[index % fixture.columns] * difference * difference
      weightedEnergy += h[index % fixture.columns] * Double(x) * Double(x)
      largest = max(largest, abs(difference))
    }
    let count = Double(fixture.x.count)
    #expect(isClose(distortion.rootMeanSquareError, (error / count).squareRoot()))
    #expect(isClose(distortion.weightedRelativeError, weightedError / weightedEnergy))
    #expect(isClose(distortion.maximumError, largest))
    #expect(distortion.lossVariance == 0)
    #expect((distortion.measuredRows, distortion.rows) == (300, 300))
  }

  @Test func thePercentileIsWithinAShareOfTheExactOne() {
    let exact = zip(fixture.x, fixture.y).map { abs($0 - $1) }.sorted()
    let rank = Double(exact[Int(0.95 * Double(exact.count))])
    let estimate = fixture.measured(fixture.all, weights).percentile95
    #expect(isClose(estimate, rank, within: 0.01))
  }

  @Test func aTensorThatChangesNothingHasNoError() {
    let meter = DistortionMeter(fixture.all, rows: fixture.rows, columns: fixture.columns)
    var batch = DistortionMeter.Batch(fixture.all)
    for row in 0..<fixture.rows {
      fixture.row(row) { x, _ in
        batch.add(position: row, weights.loss(row: row, slice: 0, x, x), x, x)
      }
    }
    meter.add(batch)
    let distortion = meter.result()
    #expect(distortion.loss == 0 && distortion.standardError == 0)
    #expect(distortion.rootMeanSquareError == 0 && distortion.maximumError == 0)
    #expect(distortion.weightedRelativeError == 0 && distortion.percentile95 == 0)
  }

  @Test func theOrderOfBatchesDoesNotMatter() {
    let sample = RowSample(energies: fixture.energies(weights), count: 90, seed: 13)
    let once = fixture.measured(sample, weights)
    var random = SeededGenerator(seed: 14)
    for size in [1, 7, 32] {
      let shuffled = sample.rows.indices.shuffled(using: &random)
      let batches = stride(from: 0, to: shuffled.count, by: size).map {
        Array(shuffled[$0..<min($0 + size, shuffled.count)])
      }
      #expect(fixture.measured(sample, weights, batches: batches) == once)
    }
  }

  @Test func batchesMayComeFromManyThreads() async {
    let sample = RowSample(energies: fixture.energies(weights), count: 90, seed: 15)
    let meter = DistortionMeter(sample, rows: fixture.rows, columns: fixture.columns)
    await withTaskGroup { group in
      for position in sample.rows.indices {
        group.addTask { [fixture, weights] in
          let row = sample.rows[position]
          var batch = DistortionMeter.Batch(sample)
          fixture.row(row) { x, y in
            batch.add(position: position, weights.loss(row: row, slice: 0, x, y), x, y)
          }
          meter.add(batch)
        }
      }
    }
    #expect(meter.result() == fixture.measured(sample, weights))
  }

  @Test func figuresOfASampleAreEstimatesForTheWholeTensor() throws {
    // Half of the rows are loud and matter, half are quiet: a sample has far more of the former.
    var random = SeededGenerator(seed: 16)
    let loud = (0..<fixture.rows).map { _ in Bool.random(using: &random) }
    let g = loud.map { Float($0 ? 10 : 0.001) }
    let weights = fixture.matrixWeights(
      TensorStatistics(
        importance: [Float](repeating: 1, count: fixture.columns), rowSensitivity: g),
      unit: .nats)
    let noisy = fixture.scaled(rows: loud.map { $0 ? 1 : 0.1 })
    let whole = noisy.measured(noisy.all, weights)
    let samples = (0..<200).map { seed in
      noisy.measured(
        RowSample(energies: noisy.energies(weights), count: 40, seed: UInt64(seed)), weights)
    }
    func mean(_ figure: (Distortion) -> Double) -> Double {
      samples.reduce(0) { $0 + figure($1) } / Double(samples.count)
    }
    #expect(isClose(mean(\.loss), whole.loss, within: 0.03))
    #expect(isClose(mean(\.rootMeanSquareError), whole.rootMeanSquareError, within: 0.03))
    #expect(isClose(mean(\.weightedRelativeError), whole.weightedRelativeError, within: 0.03))
    #expect(isClose(mean(\.percentile95), whole.percentile95, within: 0.05))
    #expect(samples.allSatisfy { $0.maximumError <= whole.maximumError })
    #expect(samples.allSatisfy { $0.standardError > 0 && $0.measuredRows < 60 })
  }
}
