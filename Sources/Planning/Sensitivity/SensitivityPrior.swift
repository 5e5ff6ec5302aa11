import Foundation
package import GGUF

/// What a tensor is expected to lose, from its name and shape alone: for a plan without calibration.
///
/// A tensor's share of the model's loss is proportional to
/// exp(role + a · ln weights + b · tied + c · depth), of which `SensitivityFeatures` says what each
/// is; the shares of a model add up to `total` nats. The coefficients are fitted to published
/// measurements (`SensitivityPrior+Published.swift`, which says where the fit is).
package struct SensitivityPrior: Sendable, Equatable {
  /// The type under which tensors lose what the prior expects.
  package static let referenceType = TensorType.IQ1_KT

  /// The coefficient of each role; others count as 0, which is the average role.
  package var roles: [String: Double]
  /// The exponent of the weights: 0 if sensitivity were the same per tensor, 1 if per weight.
  package var logWeights: Double
  /// What it adds that an embedding is the output matrix as well.
  package var tiedEmbedding: Double
  /// What the last block has above the first in a model with experts.
  package var expertDepth: Double
  /// The KLD of all tensors together, nats per token.
  package var total: Double
  /// The standard error of ln `total`: an error that all tensors of a model share.
  package var levelError: Double
  /// The standard error of ln KLD of one tensor beside the others of its model.
  package var tensorError: Double

  /// A prior of these coefficients.
  package init(
    roles: [String: Double], logWeights: Double, tiedEmbedding: Double, expertDepth: Double,
    total: Double, levelError: Double, tensorError: Double
  ) {
    self.roles = roles
    self.logWeights = logWeights
    self.tiedEmbedding = tiedEmbedding
    self.expertDepth = expertDepth
    self.total = total
    self.levelError = levelError
    self.tensorError = tensorError
  }

  /// The KLD expected of each of a model's tensors under the reference type, nats per token.
  ///
  /// - Parameter shapes: the tensors of the model that can be quantized, by name.
  package func losses(of shapes: [String: TensorShape]) -> ReferenceLosses {
    let shares = SensitivityFeatures.of(shapes).mapValues { exp(logShare(of: $0)) }
    // In the order of names, since sums depend on their order.
    let sum = shares.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
    return ReferenceLosses(type: Self.referenceType, nats: shares.mapValues { total * $0 / sum })
  }

  /// The logarithm of a tensor's share, but for a summand that all tensors of the model have.
  package func logShare(of tensor: SensitivityFeatures) -> Double {
    (roles[tensor.role] ?? 0) + logWeights * tensor.logWeights
      + tiedEmbedding * tensor.tiedEmbedding + expertDepth * tensor.expertDepth
  }
}
