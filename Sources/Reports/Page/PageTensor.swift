import Foundation
import GGUF
import Measurement
import Planning

/// A tensor on a page.
struct PageTensor: Encodable {
  let name: String
  @Nullable var weights: Int?
  /// Whether it keeps its type whatever a plan says.
  var kept = false
  var type: String?
  var bytes: Int?
  @Nullable var predicted: Double?
  @Nullable var standardError: Double?
  var reason: String?
  var errors: PageErrors?
  var upgrade: PageUpgrade?

  init(name: String, weights: Int?) {
    self.name = name
    self.weights = weights
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(name, forKey: .name)
    try container.encode(_weights, forKey: .weights)
    try container.encode(kept, forKey: .kept)
    guard let type else { return }
    try container.encode(type, forKey: .type)
    try container.encodeIfPresent(bytes, forKey: .bytes)
    try container.encode(_predicted, forKey: .predicted)
    try container.encode(_standardError, forKey: .standardError)
    try container.encodeIfPresent(reason, forKey: .reason)
    try errors?.encode(to: encoder)
    try (upgrade ?? PageUpgrade()).encode(to: encoder)
  }

  private enum Key: CodingKey {
    case name, weights, kept, type, bytes, predicted, standardError, reason
  }
}

/// What a type does to the weights of a tensor.
struct PageErrors: Encodable {
  let weightedRelativeError: Double
  let rmse: Double
  let maximumError: Double
  let percentile95: Double

  enum CodingKeys: String, CodingKey {
    case weightedRelativeError, rmse, maximumError
    case percentile95 = "percentile_95"
  }

  init(_ distortion: Distortion) {
    weightedRelativeError = distortion.weightedRelativeError.shortened
    rmse = distortion.rootMeanSquareError.shortened
    maximumError = distortion.maximumError.shortened
    percentile95 = distortion.percentile95.shortened
  }
}

/// The next better type of a tensor, what it takes and what it saves; all nil where there is none.
struct PageUpgrade: Encodable {
  @Nullable var nextUpgrade: String?
  @Nullable var upgradeBytes: Int?
  @Nullable var upgradeGain: Double?

  init() {}

  init(_ upgrade: PlanReason.Upgrade) {
    nextUpgrade = upgrade.type.name
    upgradeBytes = upgrade.bytes
    upgradeGain = upgrade.gain.shortened
  }

  /// The upgrade of a tensor from one of its pairs.
  init(_ tensor: DistortionReport.Tensor, from index: Int) {
    guard let upgrade = tensor.upgrade(from: index),
      let better = tensor.pairs.first(where: { $0.type.id == upgrade.type.id })
    else { return }
    let bytes = better.bytes - tensor.pairs[index].bytes
    nextUpgrade = upgrade.type.name
    upgradeBytes = bytes
    upgradeGain = (upgrade.gainPerByte * Double(bytes)).shortened
  }
}

extension Double {
  /// The number with five significant digits, one more than a page shows, so that pages stay small.
  var shortened: Double {
    guard isFinite else { return self }
    return Double(String(format: "%.5g", self)) ?? self
  }
}
