import GGUF
import Measurement

/// What a type does to each tensor of a model, an entry a tensor; null where it was not tried.
struct PageMeasurement: Encodable {
  let type: String
  private(set) var bytes: [Int?] = []
  private(set) var predicted: [Double?] = []
  private(set) var standardError: [Double?] = []
  private(set) var weightedRelativeError: [Double?] = []
  private(set) var rmse: [Double?] = []
  private(set) var maximumError: [Double?] = []
  private(set) var percentile95: [Double?] = []
  private(set) var nextUpgrade: [String?] = []
  private(set) var upgradeBytes: [Int?] = []
  private(set) var upgradeGain: [Double?] = []

  enum CodingKeys: String, CodingKey {
    case type, bytes, predicted, standardError, weightedRelativeError, rmse, maximumError
    case nextUpgrade, upgradeBytes, upgradeGain
    case percentile95 = "percentile_95"
  }

  init(of type: TensorType, _ tensors: [DistortionReport.Tensor]) {
    self.type = type.name
    for tensor in tensors {
      let index = tensor.pairs.firstIndex { $0.type.id == type.id }
      let pair = index.map { tensor.pairs[$0] }
      let errors = pair.map { PageErrors($0.distortion) }
      let upgrade = index.map { PageUpgrade(tensor, from: $0) }
      bytes.append(pair?.bytes)
      predicted.append(pair?.distortion.loss.shortened)
      standardError.append(pair?.distortion.standardError.shortened)
      weightedRelativeError.append(errors?.weightedRelativeError)
      rmse.append(errors?.rmse)
      maximumError.append(errors?.maximumError)
      percentile95.append(errors?.percentile95)
      nextUpgrade.append(upgrade?.nextUpgrade)
      upgradeBytes.append(upgrade?.upgradeBytes)
      upgradeGain.append(upgrade?.upgradeGain)
    }
  }
}
