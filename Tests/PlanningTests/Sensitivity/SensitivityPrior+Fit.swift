import Foundation
import Planning

extension SensitivityPrior {
  /// A model whose tensors were measured one by one.
  struct Example: Sendable {
    /// Its tensors that can be quantized, by name.
    let shapes: [String: TensorShape]
    /// What they lose, those that were measured.
    let losses: ReferenceLosses

    /// A model of these tensors and losses.
    init(shapes: [String: TensorShape], losses: ReferenceLosses) {
      self.shapes = shapes
      self.losses = losses
    }
  }

  /// The prior that fits examples best: two at least, each with a loss above 0 of one of its tensors.
  ///
  /// Ridge regression of ln KLD on the features, with an intercept for each model. The total is the
  /// median of the models'. The errors are those of models held out, each predicted from all others,
  /// as root mean squares.
  init(fitting examples: [Example]) {
    let models = examples.map { MeasuredExample($0) }
    let roles = Set(models.flatMap(\.roles)).sorted()
    let regressions = models.map { $0.regression(on: roles) }

    self.init(models, regressions, roles: roles)
    var (levels, variances) = (0.0, 0.0)
    for index in models.indices {
      var (others, otherRegressions) = (models, regressions)
      let model = others.remove(at: index)
      otherRegressions.remove(at: index)
      let errors = model.errors(of: SensitivityPrior(others, otherRegressions, roles: roles))
      levels += errors.level * errors.level / Double(models.count)
      variances += errors.variance / Double(models.count)
    }
    levelError = levels.squareRoot()
    tensorError = variances.squareRoot()
  }

  /// The prior without its errors. A role that occurs in none of the models has coefficient 0.
  private init(_ models: [MeasuredExample], _ regressions: [RidgeRegression], roles: [String]) {
    var regression = RidgeRegression(features: roles.count + 3)
    for each in regressions { regression.add(each) }
    // Small against the variance of ln KLD within a model, about 1; it settles what roles that occur
    // in few models cannot. Flat: models held out are predicted as well with 0.0001 and 0.03, worse
    // with 1.
    let coefficients = regression.coefficients(penalty: 0.01)
    self.init(
      roles: Dictionary(uniqueKeysWithValues: zip(roles, coefficients)),
      logWeights: coefficients[roles.count],
      tiedEmbedding: coefficients[roles.count + 1],
      expertDepth: coefficients[roles.count + 2],
      total: models.map(\.total).median ?? 0,
      levelError: 0, tensorError: 0)
  }
}

/// The tensors of an example that were measured.
private struct MeasuredExample {
  /// In the order of the tensors' names, since sums depend on their order.
  private let tensors: [(features: SensitivityFeatures, logLoss: Double)]
  /// The KLD of all tensors together.
  let total: Double

  init(_ example: SensitivityPrior.Example) {
    let features = SensitivityFeatures.of(example.shapes)
    tensors = example.losses.nats.sorted { $0.key < $1.key }.compactMap { name, loss in
      features[name].map { ($0, log(loss)) }
    }
    total = tensors.reduce(0) { $0 + exp($1.logLoss) }
  }

  var roles: [String] { tensors.map(\.features.role) }

  func regression(on roles: [String]) -> RidgeRegression {
    var regression = RidgeRegression(features: roles.count + 3)
    regression.add(
      tensors.map { features, logLoss in
        let isRole = roles.map { $0 == features.role ? 1.0 : 0.0 }
        let numbers = [features.logWeights, features.tiedEmbedding, features.expertDepth]
        return (isRole + numbers, logLoss)
      })
    return regression
  }

  /// How far a prior is off: ln of the ratio of totals, and the variance of ln KLD about the level.
  func errors(of prior: SensitivityPrior) -> (level: Double, variance: Double) {
    let residuals = tensors.map { $0.logLoss - prior.logShare(of: $0.features) }
    let size = Double(residuals.count)
    let mean = residuals.reduce(0, +) / size
    let variance = residuals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / size
    return (log(prior.total / total), variance)
  }
}
