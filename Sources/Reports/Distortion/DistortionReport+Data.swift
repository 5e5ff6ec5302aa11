import Foundation
import GGUF
import Measurement
import Statistics

extension DistortionReport {
  /// A record per tensor and type, for programs.
  package var document: any Encodable { Records(records: records) }

  /// The same records as comma-separated values with a header line.
  package var csv: String {
    let header = [
      "tensor", "type", "bytes", "weighted_relative_error", "rmse", "maximum_error",
      "percentile_95", "predicted", "standard_error", "unit", "measured_rows", "rows",
      "next_upgrade", "gain_per_byte",
    ]
    let lines = records.map { record in
      CSV.line([
        record.tensor, record.type, "\(record.bytes)",
        CSV.number(record.weightedRelativeError), CSV.number(record.rmse),
        CSV.number(record.maximumError), CSV.number(record.percentile95),
        CSV.number(record.predicted), CSV.number(record.standardError), record.unit,
        "\(record.measuredRows)", "\(record.rows)", record.nextUpgrade ?? "",
        record.gainPerByte.map(CSV.number) ?? "",
      ])
    }
    return CSV.line(header) + lines.joined()
  }

  private var records: [Record] {
    tensors.flatMap { tensor in
      tensor.pairs.indices.map { index in
        let pair = tensor.pairs[index]
        let upgrade = tensor.upgrade(from: index)
        return Record(
          tensor: tensor.name, type: pair.type.name, bytes: pair.bytes,
          weightedRelativeError: pair.distortion.weightedRelativeError,
          rmse: pair.distortion.rootMeanSquareError, maximumError: pair.distortion.maximumError,
          percentile95: pair.distortion.percentile95, predicted: pair.distortion.loss,
          standardError: pair.distortion.standardError, unit: unit.rawValue,
          measuredRows: pair.distortion.measuredRows, rows: pair.distortion.rows,
          nextUpgrade: upgrade?.type.name, gainPerByte: upgrade?.gainPerByte)
      }
    }
  }

  private struct Record: Encodable {
    let tensor: String
    let type: String
    let bytes: Int
    let weightedRelativeError: Double
    let rmse: Double
    let maximumError: Double
    let percentile95: Double
    let predicted: Double
    let standardError: Double
    let unit: String
    let measuredRows: Int
    let rows: Int
    @Nullable var nextUpgrade: String?
    @Nullable var gainPerByte: Double?

    enum CodingKeys: String, CodingKey {
      case tensor, type, bytes, weightedRelativeError, rmse, maximumError, predicted, standardError
      case unit, measuredRows, rows, nextUpgrade, gainPerByte
      case percentile95 = "percentile_95"
    }
  }
}
