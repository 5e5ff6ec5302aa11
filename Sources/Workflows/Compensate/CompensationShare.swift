import Codecs
import Compensation
import GGUF
import Measurement
import Threads

/// What compensation leaves of a tensor's loss, measured on some of its rows.
struct CompensationShare {
  let source: SourceModel
  let tensor: TensorDescriptor
  let metric: LossMetric
  let weighting: Weighting
  let moments: InputMoments
  let session: Session

  /// Slices that are looked at, of a tensor that has many: experts are alike in this.
  private static let slices = 4

  /// The loss with compensation as a share of that without, under each type.
  ///
  /// Without, Σ g h ΔW² counts; with, Σ g ΔW H ΔWᵀ by the shrunk second moments, on the same rows.
  func shares(under codecs: [Codec]) throws -> [Double] {
    var plain = [Double](repeating: 0, count: codecs.count)
    var compensated = plain
    let count = min(Self.slices, tensor.slices)
    for number in 0..<count {
      let slice = number * tensor.slices / count
      guard let moment = try moments.moment(of: tensor, slice: slice) else { continue }
      let sliceMetric = moments.metric(of: tensor, slice: slice, metric, moment)
      let factor = moments.factor(moment, sliceMetric)
      let sums = Slots(repeating: (plain: 0.0, compensated: 0.0), count: codecs.count)
      try session.forEach(codecs.count, makeState: {}) { _, index in
        sums[index] = try losses(
          CompensatedSlice(
            tensor: tensor, slice: slice, codec: codecs[index], source: source,
            weighting: weighting,
            objective: Objective(
              importance: metric.importance, slice: slice, columns: tensor.columns)),
          factor, sliceMetric)
      }
      for index in codecs.indices {
        plain[index] += sums[index].plain
        compensated[index] += sums[index].compensated
      }
    }
    // Where it would not help, `apply` does without.
    return zip(plain, compensated).map { $0 > 0 ? min($1 / $0, 1) : 1 }
  }

  private func losses(
    _ slice: CompensatedSlice, _ factor: SecondMomentFactor, _ metric: InputMoments.Metric
  ) throws -> (plain: Double, compensated: Double) {
    let trial = try slice.sampleLosses(factor, metric)
    return zip(trial.rows, zip(trial.plain, trial.compensated)).reduce((0, 0)) { sum, item in
      let weight = Double(metric.rows[metric.rows.startIndex + item.0 - slice.rows.lowerBound])
      return (sum.0 + weight * item.1.0, sum.1 + weight * item.1.1)
    }
  }
}
