import Foundation
import GGUF
import Measurement
import Planning
import Reports
import Statistics
import Testing

extension Distortion {
  /// A distortion with this loss; its other figures are simple multiples, so that each is told from
  /// the others.
  init(loss: Double, error: Double = 0, rows: Int = 8) {
    self = DistortionMeter(
      RowSample(energies: [], count: 0, seed: 0), rows: rows, columns: 1
    ).result()
    self.loss = loss
    lossVariance = loss * loss / 100
    weightedRelativeError = error
    rootMeanSquareError = 2 * error
    maximumError = 16 * error
    percentile95 = 4 * error
    measuredRows = rows
  }
}

extension DistortionReport.Tensor {
  /// A tensor with types of these bytes and losses.
  init(
    _ name: String, elements: Int = 1024,
    _ pairs: [(type: TensorType, bytes: Int, loss: Double, error: Double)]
  ) {
    self.init(
      name: name, elements: elements,
      pairs: pairs.map {
        DistortionReport.Pair(
          type: $0.type, bytes: $0.bytes,
          distortion: Distortion(loss: $0.loss, error: $0.error))
      })
  }
}

/// What a text says as JSON.
func object<Value>(_ json: String, as type: Value.Type = [String: Any].self) throws -> Value? {
  try JSONSerialization.jsonObject(with: Data(json.utf8)) as? Value
}

/// The records of a report's JSON.
func records(of report: some RecordReport) throws -> [[String: Any]] {
  let document = try #require(try object(report.json()))
  return try #require(document["records"] as? [[String: Any]])
}

/// A plan of two tensors and a norm, one of them with little to gain.
func plan(
  unit: LossUnit = .nats, budget: Int = 1100, names: [String] = ["a.weight", "b.weight"]
) throws -> Plan {
  let movable = zip(names, [1.0, 0.01]).map { name, scale in
    MeasuredTensor(
      name: name, shape: TensorShape([256, 4]), type: .F16, bytes: 2048,
      candidates: [
        Candidate(type: .IQ4_K, bytes: 576, loss: scale * 0.01, variance: scale * 1e-8),
        Candidate(type: .Q4_0, bytes: 576, loss: scale * 0.02, variance: scale * 1e-8),
        Candidate(type: .IQ3_K, bytes: 440, loss: scale * 0.04, variance: scale * 1e-8),
        Candidate(type: .F16, bytes: 2048, loss: 0),
      ])
  }
  let norm = MeasuredTensor(
    name: "norm.weight", shape: TensorShape([16]), type: .F32, bytes: 64, candidates: [])
  return try Plan.optimal(
    for: PlanProblem(
      tensors: movable + [norm], budget: budget, fixedBytes: 10, unit: unit))
}
