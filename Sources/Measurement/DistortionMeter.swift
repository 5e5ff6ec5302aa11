import Synchronization

/// Collects what the sampled rows of a tensor lose under one type, from several threads at once; the
/// result does not depend on their order.
package final class DistortionMeter: Sendable {
  private let sample: RowSample
  private let rowCount: Int
  private let columns: Int
  private let state: Mutex<State>

  private struct State: Sendable {
    var losses: [RowLoss]
    var histogram = MagnitudeHistogram()
  }

  /// - Parameters:
  ///   - sample: the rows that will be added.
  ///   - rows: rows of the tensor.
  ///   - columns: its row length.
  package init(_ sample: RowSample, rows: Int, columns: Int) {
    self.sample = sample
    rowCount = rows
    self.columns = columns
    state = Mutex(State(losses: [RowLoss](repeating: RowLoss(), count: sample.rows.count)))
  }

  /// What a thread gathers before it hands it over in one go.
  package struct Batch: Sendable {
    fileprivate var losses: [(position: Int, loss: RowLoss)] = []
    fileprivate var histogram = MagnitudeHistogram()
    private let sample: RowSample

    /// - Parameter sample: the rows that will be added.
    package init(_ sample: RowSample) { self.sample = sample }

    /// Adds the row at a position of the sample: what it was and what it became.
    package mutating func add(
      position: Int, _ loss: RowLoss, _ x: UnsafeBufferPointer<Float>,
      _ y: UnsafeBufferPointer<Float>
    ) {
      losses.append((position, loss))
      histogram.add(x, y, multiplicity: sample.multiplicities[position])
    }
  }

  package func add(_ batch: Batch) {
    state.withLock { state in
      for (position, loss) in batch.losses { state.losses[position] = loss }
      state.histogram.add(batch.histogram)
    }
  }

  /// The distortion, once every row of the sample has been added.
  package func result() -> Distortion {
    state.withLock { state in
      let losses = state.losses
      let (loss, variance) = sample.total(of: losses.map(\.loss))
      func estimate(_ figure: (RowLoss) -> Double) -> Double {
        zip(losses, sample.multiplicities).reduce(0) { $0 + $1.1 * figure($1.0) }
      }
      let weightedEnergy = estimate(\.weightedEnergy)
      let weightedError = estimate(\.weightedError)
      let error = estimate(\.error)
      return Distortion(
        loss: loss, lossVariance: variance,
        weightedRelativeError: weightedEnergy > 0 ? weightedError / weightedEnergy : 0,
        rootMeanSquareError: (error / Double(max(rowCount * columns, 1))).squareRoot(),
        maximumError: losses.reduce(0) { max($0, $1.maximum) },
        percentile95: state.histogram.percentile(0.95), measuredRows: losses.count, rows: rowCount)
    }
  }
}
