/// Least squares over groups of observations: an intercept for each group, common coefficients, and a
/// penalty on the squares of these. Every group has the same weight, whatever its size.
struct RidgeRegression {
  /// The covariances of the features, summed over groups.
  private var covariances: [[Double]]
  /// The covariances of the features with the target, summed over groups.
  private var targetCovariances: [Double]

  /// A regression on `count` features without observations.
  init(features count: Int) {
    covariances = Array(repeating: Array(repeating: 0, count: count), count: count)
    targetCovariances = Array(repeating: 0, count: count)
  }

  /// Takes in a group of observations.
  mutating func add(_ group: [(features: [Double], target: Double)]) {
    let size = Double(group.count)
    var means = targetCovariances.map { _ in 0.0 }
    var targetMean = 0.0
    for each in group {
      // Most features of an observation are 0.
      let present = each.features.indices.filter { each.features[$0] != 0 }
      for i in present {
        for j in present { covariances[i][j] += each.features[i] * each.features[j] / size }
        targetCovariances[i] += each.features[i] * each.target / size
        means[i] += each.features[i] / size
      }
      targetMean += each.target / size
    }
    for i in means.indices {
      for j in means.indices { covariances[i][j] -= means[i] * means[j] }
      targetCovariances[i] -= means[i] * targetMean
    }
  }

  /// Takes in the groups of another regression on the same features.
  mutating func add(_ other: RidgeRegression) {
    for i in covariances.indices {
      for j in covariances.indices { covariances[i][j] += other.covariances[i][j] }
      targetCovariances[i] += other.targetCovariances[i]
    }
  }

  /// The coefficients that minimise the mean square residual, summed over groups, + `penalty` · Σ c²;
  /// `penalty` is above 0.
  func coefficients(penalty: Double) -> [Double] {
    // Cholesky: matrix = factor · factorᵀ, which the penalty makes positive definite.
    var factor = covariances
    for i in factor.indices {
      factor[i][i] += penalty
      for j in 0...i {
        var value = factor[i][j]
        for k in 0..<j { value -= factor[i][k] * factor[j][k] }
        factor[i][j] = i == j ? value.squareRoot() : value / factor[j][j]
      }
    }
    var solution = targetCovariances
    for i in solution.indices {
      for k in 0..<i { solution[i] -= factor[i][k] * solution[k] }
      solution[i] /= factor[i][i]
    }
    for i in solution.indices.reversed() {
      for k in solution.indices[(i + 1)...] { solution[i] -= factor[k][i] * solution[k] }
      solution[i] /= factor[i][i]
    }
    return solution
  }
}
