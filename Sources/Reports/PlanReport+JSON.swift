import GGUF
import Measurement
import Planning

extension PlanReport {
  /// The plan for programs.
  ///
  /// `bytes` is the exact size of the file; a tensor's `bytes` are its own. Of `predicted_kld` and
  /// `predicted_error` the one that does not apply is null; every `predicted` is in `unit`.
  package func json() throws -> String {
    let isKLD = plan.unit == .nats
    return try JSON.text(
      Document(
        bpw: bitsPerWeight, bytes: fileBytes, unit: plan.unit.rawValue,
        predictedKLD: isKLD ? plan.loss : nil, predictedError: isKLD ? nil : plan.loss,
        standardError: plan.standardError, lowerBound: plan.lowerBound, gap: plan.gap,
        optimal: plan.isOptimal,
        baselines: plan.baselines.map {
          Document.Baseline(
            type: $0.type.name, fits: $0.fits, predicted: $0.loss, bytes: $0.bytes)
        },
        tensors: plan.entries.map {
          Document.Tensor(
            name: $0.name, type: $0.type.name, bytes: $0.bytes, predicted: $0.loss,
            standardError: $0.standardError, reason: $0.reason.sentence(in: plan.unit))
        }))
  }

  private struct Document: Encodable {
    let bpw: Double
    let bytes: Int
    let unit: String
    let predictedKLD: Double?
    let predictedError: Double?
    let standardError: Double
    let lowerBound: Double
    let gap: Double
    let optimal: Bool
    let baselines: [Baseline]
    let tensors: [Tensor]

    struct Baseline: Encodable {
      let type: String
      let fits: Bool
      let predicted: Double
      let bytes: Int
    }

    struct Tensor: Encodable {
      let name: String
      let type: String
      let bytes: Int
      let predicted: Double
      let standardError: Double
      let reason: String

      enum CodingKeys: String, CodingKey {
        case name, type, bytes, predicted, reason
        case standardError = "standard_error"
      }
    }

    enum CodingKeys: String, CodingKey {
      case bpw, bytes, unit, gap, optimal, baselines, tensors
      case predictedKLD = "predicted_kld"
      case predictedError = "predicted_error"
      case standardError = "standard_error"
      case lowerBound = "lower_bound"
    }

    // Written out so that an absent figure is null, not missing.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(bpw, forKey: .bpw)
      try container.encode(bytes, forKey: .bytes)
      try container.encode(unit, forKey: .unit)
      try container.encode(predictedKLD, forKey: .predictedKLD)
      try container.encode(predictedError, forKey: .predictedError)
      try container.encode(standardError, forKey: .standardError)
      try container.encode(lowerBound, forKey: .lowerBound)
      try container.encode(gap, forKey: .gap)
      try container.encode(optimal, forKey: .optimal)
      try container.encode(baselines, forKey: .baselines)
      try container.encode(tensors, forKey: .tensors)
    }
  }
}
