package import Statistics

extension Distortion {
  /// The distortion with a predicted KLD that allows for large errors, where the expansion to second order
  /// promises too much (`LossGrowth`). The weighted squared error is exact as it is.
  package func corrected(for unit: LossUnit) -> Distortion {
    guard unit == .nats else { return self }
    let factor = LossGrowth.predicted.factor(at: weightedRelativeError)
    var corrected = self
    corrected.loss *= factor
    corrected.lossVariance *= factor * factor
    return corrected
  }

  /// A distortion that allows for large errors as predictions do, with another growth of losses.
  package func growing(at growth: LossGrowth) -> Distortion {
    scaled(
      by: growth.factor(at: weightedRelativeError)
        / LossGrowth.predicted.factor(at: weightedRelativeError), relativeError: 0)
  }

  /// The distortion where compensation leaves a share of the loss. It leaves the same share of what outputs miss, which
  /// the weighted relative error stands for.
  package func compensated(to share: Double) -> Distortion {
    var compensated = scaled(by: share, relativeError: 0)
    compensated.weightedRelativeError *= share
    return compensated
  }

  /// The distortion with a loss of so much for each unit of this one, known to within a relative standard
  /// error beside that of sampling.
  package func scaled(by scale: Double, relativeError: Double) -> Distortion {
    var scaled = self
    scaled.loss *= scale
    let error = scaled.loss * relativeError
    scaled.lossVariance = lossVariance * scale * scale + error * error
    return scaled
  }
}
